import { sameValue } from '../../mapping/write-policy.ts';
import type { Cause, LifecycleTransition } from '../../model/lifecycle.ts';
import type { ComponentScore, Contribution, ScoreBreakdown } from '../../model/score.ts';
import type { ExplainedAccount, ExplainedSignup, ProductStory } from '../../plg/explain-product.ts';
import type { ExplainedLead, ExplainedPush, ExplainedSource, Explanation } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, clipped, grouped, indented, instant, shown, table } from '../text.ts';
import { triggerDistances } from '../../leads/trigger-distance.ts';

/** Every point of a lead, where it comes from, what follows from it, and what the CRM has. */
export function renderExplanation(explanation: Explanation, style: Style): string {
  const { lead, breakdowns } = explanation;
  return blocks([
    renderLead(lead, style),
    ...breakdowns.map((breakdown) => renderBreakdown(breakdown, style)),
    breakdowns.length === 0 ? 'This lead has not been scored yet.' : '',
    ...renderProduct(explanation.product, style),
    section('qualification', renderQualification(explanation, style), style),
    section('history', renderTransitions(explanation.transitions), style),
    section('latest engagement', renderEvents(explanation), style),
    section('records', renderSources(explanation.sources, style), style),
    section('in the CRM', explanation.pushes.map((push) => renderPush(push, style)).join('\n'), style),
  ]);
}

function section(title: string, body: string, style: Style): string {
  return body === '' ? '' : `${style.bold(title)}\n${indented(body)}`;
}

function renderLead(lead: ExplainedLead, style: Style): string {
  const who = [lead.name, lead.email].filter((text) => text !== null).map(shown);
  const what = [lead.title, lead.companyName].filter((text) => text !== null).map(shown);
  return [
    style.bold(who.length === 0 ? lead.id : who.join('  ')),
    what.join(', '),
    `status ${lead.status}, segment ${lead.segment ?? 'unknown'}  ${style.dim(`lead ${lead.id}`)}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function renderBreakdown(breakdown: ScoreBreakdown, style: Style, title?: string): string {
  const { profile, total, tier, reason, action, confidence, scoredAt, components, contributions } = breakdown;
  const head = ['', 'rule', 'input', 'date', 'earned', 'counted'].map(style.dim);
  const rows = components.flatMap((component) => [
    componentRow(component, style),
    ...contributions.filter((each) => each.component === component.name).map(contributionRow),
  ]);
  return [
    `${style.bold(`${title ?? `${profile.kind} score`} ${total}`)}  ${tier}  ${style.dim(`${confidence} % known, profile ${profile.name} v${profile.version}, ${instant(scoredAt)} UTC`)}`,
    indented(table([head, ...rows], ['left', 'left', 'left', 'left', 'right', 'right'])),
    indented(shown(reason)),
    ...(action === null ? [] : [indented(`${style.bold('do')} ${shown(action)}`)]),
  ].join('\n');
}

/** The receipts of the product side: each signup's, then that of the company. */
function renderProduct({ signups, account }: ProductStory, style: Style): string[] {
  const people = signups.map((signup) => `${renderBreakdown(signup.breakdown, style)}\n${renderSignup(signup, style)}`);
  return account === null ? people : [...people, renderAccount(account, style)];
}

function renderSignup(signup: ExplainedSignup, style: Style): string {
  const { signedUpAt, source, usageAt, isCompanyEmail } = signup;
  const from = source === null ? '' : ` from ${shown(source)}`;
  const usage = usageAt === null ? 'no usage known' : `usage of ${instant(usageAt)} UTC`;
  const address = isCompanyEmail ? '' : '; a private address, which counts for no company';
  return indented(style.dim(`signed up ${instant(signedUpAt)} UTC${from}; ${usage}${address}`));
}

function renderAccount(
  { domain, companyName, people, topSharePct, topName, breakdown }: ExplainedAccount,
  style: Style,
) {
  const name = shown(companyName ?? domain);
  const title = `${breakdown.profile.kind} score of the account ${name}`;
  // Of one person alone it would be the same receipt again.
  if (people === 1)
    return `${style.bold(`${title} ${breakdown.total}`)}  ${breakdown.tier}  ${style.dim('one person has signed up')}`;
  const share =
    topSharePct === null ? '' : `; ${topSharePct} % of the API calls come from ${shown(topName ?? 'one person')}`;
  const who = `${domain}: ${grouped(people)} people taken together${share}`;
  return `${renderBreakdown(breakdown, style, title)}\n${indented(style.dim(who))}`;
}

function componentRow({ name, earned, counted, max, weightPercent }: ComponentScore, style: Style): string[] {
  const weight = weightPercent === 100 ? '' : ` × ${weightPercent} %`;
  return [
    style.bold(name),
    '',
    '',
    '',
    style.bold(points(earned)),
    style.bold(`${points(counted)} of ${points(max)}${weight}`),
  ];
}

function contributionRow({ label, input, observedAt, earned, counted }: Contribution): string[] {
  const date = observedAt === null ? '' : observedAt.slice(0, 10);
  return ['', shown(label), clipped(shown(input), 30), date, points(earned), points(counted)];
}

function points(number: number): string {
  return String(Math.round(number * 100) / 100);
}

/** Why it is an MQL, or what the nearest trigger still needs. */
function renderQualification(explanation: Explanation, style: Style): string {
  const { lead, triggers, facts, breakdowns } = explanation;
  const held = breakdowns.find(({ profile }) => profile.kind === 'mql')?.mqlBy ?? [];
  if (held.length > 0) {
    const labels = held.map((id) => triggers.find((trigger) => trigger.id === id)?.label ?? id);
    const since = lead.mqlAt === null ? '' : `, MQL since ${instant(lead.mqlAt)} UTC`;
    return `${style.good('qualifies')} by ${labels.join(', ')}${since}`;
  }
  const [nearest, ...others] = triggerDistances(triggers, facts, held);
  if (nearest === undefined) return '';
  const latched =
    lead.status === 'recycled'
      ? 'Sales has recycled it: only what it has done since counts.'
      : lead.mqlAt === null
        ? ''
        : `It became MQL on ${instant(lead.mqlAt)} UTC; a score that falls does not undo that.`;
  return [
    `${style.warn('no trigger holds')}; nearest is ${nearest.trigger.label}: ${nearest.needs}`,
    ...others.map(({ trigger, needs }) => style.dim(`${trigger.label}: ${needs}`)),
    latched,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function renderTransitions(transitions: readonly LifecycleTransition[]): string {
  return table(transitions.map(({ at, from, to, cause }) => [instant(at), `${from} → ${to}`, because(cause)]));
}

function because(cause: Cause): string {
  switch (cause.type) {
    case 'trigger':
      return `trigger ${cause.triggerIds.join(', ')}`;
    case 'engagement':
      return 'first engagement';
    case 'crm':
      return `the CRM says ${shown(cause.value)}`;
    case 'operator':
      return `${shown(cause.actor)}: ${shown(cause.note)}`;
  }
}

function renderEvents({ events }: Explanation): string {
  return table(
    events.map(({ occurredAt, type, quantity, detail }) => [
      instant(occurredAt),
      type,
      quantity === 1 ? '' : `× ${quantity}`,
      detail === null ? '' : clipped(shown(detail), 50),
    ]),
  );
}

function renderSources(sources: readonly ExplainedSource[], style: Style): string {
  return table(
    sources.map(({ connection, object, externalId, modifiedAt, goneAt }) => [
      connection,
      `${object} ${shown(externalId)}`,
      `changed ${instant(modifiedAt)}`,
      goneAt === null ? '' : style.warn(`gone ${instant(goneAt)}`),
    ]),
  );
}

/** Field by field: what the CRM has, and where it is not what we want. */
function renderPush(
  { connection, object, externalId, state, wanted, remote, lastError }: ExplainedPush,
  style: Style,
): string {
  const rows = Object.entries(wanted).map(([field, value]) => {
    const has = remote[field] ?? null;
    const wish = sameValue(value, has) ? '' : style.warn(`wanted ${clipped(shown(value), 40)}`);
    return [field, clipped(shown(has), 40), wish];
  });
  const error = lastError === null ? '' : `\n${indented(style.bad(shown(lastError)))}`;
  return `${connection} ${object} ${shown(externalId)}  ${style.dim(state)}\n${indented(table(rows))}${error}`;
}

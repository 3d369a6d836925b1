import type { ShownLead, ShownSignup } from '../../leads/showcase.ts';
import type { FieldValue } from '../../model/values.ts';
import type { SyncReport } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, clipped, count, duration, indented, shown, table } from '../text.ts';

/** What `start` has to say when the first runs are over. */
export interface StartReport {
  readonly runs: readonly SyncReport[];
  /** The best ones. */
  readonly leads: readonly ShownLead[];
  /** Those that use the product most like a buyer; none without product data. */
  readonly signups: readonly ShownSignup[];
  /** One for each sandbox; none on real CRMs. */
  readonly tries: readonly Try[];
}

/** An experiment: somebody asks for a demo in a sandbox. */
export interface Try {
  /** HubSpot */
  readonly crm: string;
  readonly lead: ShownLead;
  /** Where to post `body`. */
  readonly url: string;
  readonly body: object;
}

export function renderStart({ runs, leads, signups, tries }: StartReport, style: Style): string {
  return blocks([
    runs.map((run) => renderRun(run, style)).join('\n'),
    leads.length === 0 ? 'There are no leads yet.' : renderTop(leads, style),
    signups.length === 0 ? '' : renderSignups(signups, style),
    tries.length === 0 ? '' : renderTries(tries, style),
  ]);
}

function renderRun({ connection, status, counts }: SyncReport, style: Style): string {
  const { pulled, scored, pushed, rejected, nulled, apiCalls } = counts;
  const asides = [
    rejected === 0 ? '' : `${count(rejected, 'record')} left out`,
    nulled === 0 ? '' : `${count(nulled, 'value')} left out`,
  ].filter((aside) => aside !== '');
  const reasons = asides.length === 0 ? '' : style.dim(`  (${asides.join(', ')}; why: leadloop rejected)`);
  const did = `${count(pulled, 'record')} read, ${count(scored, 'lead')} scored, ${count(pushed, 'record')} written, ${count(apiCalls, 'API call')}`;
  return `${style.bold(connection)}  ${status}: ${did}${reasons}`;
}

/** Lead by lead, with a column for each CRM. */
function renderTop(leads: readonly ShownLead[], style: Style): string {
  const connections = [...new Set(leads.flatMap(({ crm }) => crm.map(({ connection }) => connection)))].sort();
  const head = ['score', 'tier', 'lead', ...connections, 'why'].map(style.dim);
  const rows = leads.map(({ score, tier, name, email, crm, reason }) => [
    style.bold(String(score)),
    shown(tier),
    clipped(shown(name ?? email), 24),
    ...connections.map((name) => readBack(crm, name, style)),
    clipped(shown(reason), 60),
  ]);
  const title = `${style.bold('The best leads')}, and what each CRM has when it is asked again`;
  return `${title}\n${indented(table([head, ...rows], ['right']))}`;
}

/** One of a person's records in this CRM stands for all of them, unless one of them is not as it should be. */
function readBack(records: ShownLead['crm'], connection: string, style: Style): string {
  const own = records.filter((record) => record.connection === connection);
  const record = own.find(({ fields, isReadBack }) => !isReadBack || fields.some(({ agrees }) => !agrees)) ?? own[0];
  if (record === undefined) return '–';
  const value = (of: string): FieldValue => record.fields.find((field) => field.of === of)?.has ?? null;
  const values = `${shown(value('lead_score'))} ${shown(value('tier'))}`;
  if (!record.isReadBack) return style.warn(`${values} not read back`);
  const times = own.length > 1 ? ` ×${own.length}` : '';
  return record.fields.every(({ agrees }) => agrees)
    ? `${values} ${style.good(`✓${times}`)}`
    : style.warn(`${values} ≠`);
}

function renderSignups(signups: readonly ShownSignup[], style: Style): string {
  const head = ['score', 'tier', 'signup', 'company', 'what to do'].map(style.dim);
  const rows = signups.map((one) => [
    style.bold(String(one.total_score)),
    one.tier,
    clipped(one.champion_name ?? one.email, 24),
    clipped(shown(one.company_name ?? one.company_domain), 24),
    clipped(shown(one.suggested_action), 80),
  ]);
  return `${style.bold('The best signups')}, by what they do with the product\n${indented(table([head, ...rows], ['right']))}`;
}

/** Commands that make leads hot in the sandboxes, as if somebody had been on the website. */
function renderTries(tries: readonly Try[], style: Style): string {
  const lines = tries.map(({ crm, lead: { name, score }, url, body }) => {
    const command = `curl -X POST ${url} -H 'content-type: application/json' -d '${JSON.stringify(body)}'`;
    return `let ${shown(name)} (${score}) ask for a demo in ${crm}:\n  ${command}`;
  });
  const title = `${style.bold('Try it')}, and watch the score after the next run, in every CRM that knows the person`;
  return `${title}\n${indented(lines.join('\n'))}`;
}

/** `✓ database  0.6 s` */
export function renderStep(name: string, ms: number, note: string, style: Style): string {
  const took = ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms);
  return `${style.good('✓')} ${name.padEnd(16)} ${took.padStart(6)}  ${note}`.trimEnd();
}

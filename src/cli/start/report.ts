import type { LeadLine } from '../../http/page-reader.ts';
import type { FieldValue } from '../../model/values.ts';
import type { SyncReport } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, clipped, count, duration, indented, shown, table } from '../text.ts';

/** What `start` has to say when the first run is over. */
export interface StartReport {
  readonly runs: readonly SyncReport[];
  /** The best ones. */
  readonly leads: readonly LeadLine[];
  /** Somebody with room above: for the experiment that the report proposes. */
  readonly cool: LeadLine | null;
  /** Null on a real CRM. */
  readonly sandboxUrl: string | null;
}

export function renderStart({ runs, leads, cool, sandboxUrl }: StartReport, style: Style): string {
  return blocks([
    runs.map((run) => renderRun(run, style)).join('\n'),
    leads.length === 0 ? 'There are no leads yet.' : renderTop(leads, style),
    sandboxUrl === null || cool === null ? '' : renderTry(cool, sandboxUrl, style),
  ]);
}

function renderRun({ connection, status, counts }: SyncReport, style: Style): string {
  const { pulled, scored, pushed, rejected, nulled, apiCalls } = counts;
  const asides = [
    rejected === 0 ? '' : `${count(rejected, 'record')} left out`,
    nulled === 0 ? '' : `${count(nulled, 'value')} left out`,
  ].filter((aside) => aside !== '');
  const reasons =
    asides.length === 0 ? '' : style.dim(`  (${asides.join(', ')}, with their reasons: leadloop rejected)`);
  const did = `${count(pulled, 'record')} read, ${count(scored, 'lead')} scored, ${count(pushed, 'record')} written, ${count(apiCalls, 'API call')}`;
  return `${style.bold(connection)}  ${status}: ${did}${reasons}`;
}

function renderTop(leads: readonly LeadLine[], style: Style): string {
  const head = ['score', 'tier', 'lead', 'read back from the CRM', 'why'].map(style.dim);
  const rows = leads.map(({ score, tier, name, email, crm, reason }) => [
    style.bold(String(score)),
    shown(tier),
    clipped(shown(name ?? email), 24),
    readBack(crm, style),
    clipped(shown(reason), 70),
  ]);
  return `${style.bold('The best leads')}\n${indented(table([head, ...rows], ['right']))}`;
}

function readBack([record]: LeadLine['crm'], style: Style): string {
  if (record === undefined) return '–';
  const value = (of: string): FieldValue => record.fields.find((field) => field.of === of)?.has ?? null;
  const values = `${shown(value('lead_score'))} ${shown(value('tier'))}`;
  if (!record.isReadBack) return style.warn(`${values} not read back`);
  return record.fields.every(({ agrees }) => agrees) ? `${values} ${style.good('✓')}` : style.warn(`${values} ≠`);
}

/** One command that makes a lead hot in the sandbox, as if somebody had been on the website. */
function renderTry({ name, score, crm }: LeadLine, url: string, style: Style): string {
  const id = crm[0]?.externalId ?? '';
  const properties = { hs_analytics_num_visits: 40, hs_email_click: 9, recent_conversion_event_name: 'Request a demo' };
  return [
    `${style.bold('Try it')}: let ${shown(name)} (${score}) ask for a demo in the sandbox, and watch the score after the next run`,
    `  curl -X POST ${url}/__sandbox/contacts/${id} -H 'content-type: application/json' -d '${JSON.stringify({ properties })}'`,
  ].join('\n');
}

/** `✓ database  0.6 s` */
export function renderStep(name: string, ms: number, note: string, style: Style): string {
  const took = ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms);
  return `${style.good('✓')} ${name.padEnd(16)} ${took.padStart(6)}  ${note}`.trimEnd();
}

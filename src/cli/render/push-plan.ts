import type { PlannedRecord, PushPlan } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, clipped, count, indented, shown, table } from '../text.ts';

/** Beyond this a list is read by nobody; --json has all of it. */
const mostRecords = 50;

/** Record by record: field, before → after, and why; then the price. */
export function renderPushPlan(plan: PushPlan, style: Style): string {
  const { connection, records, calls, blocked } = plan;
  if (records.length === 0) return `${style.bold(connection)}  nothing to write`;
  const fields = records.reduce((sum, { changes }) => sum + changes.length, 0);
  const left = records.length - mostRecords;
  return blocks([
    ...records.slice(0, mostRecords).map((record) => renderRecord(record, style)),
    left > 0 ? style.dim(`… and ${count(left, 'more record')}; all with --json`) : '',
    `${style.bold(connection)}  ${count(fields, 'field')} of ${count(records.length, 'record')} would be written, with ${count(calls, 'API call')}`,
    blocked === null ? '' : `${style.warn('held back')} ${blocked.reason}\n${style.bold('remedy')} ${blocked.remedy}`,
  ]);
}

function renderRecord({ object, externalId, changes }: PlannedRecord, style: Style): string {
  const rows = changes.map(({ field, before, after, why }) => [
    field,
    style.bad(clipped(shown(before), 30)),
    '→',
    style.good(clipped(shown(after), 30)),
    style.dim(shown(why)),
  ]);
  return `${style.bold(`${object} ${shown(externalId)}`)}\n${indented(table(rows))}`;
}

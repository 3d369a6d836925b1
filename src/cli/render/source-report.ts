import type { SyncCounts } from '../../model/run.ts';
import type { SourceReport } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, grouped, table } from '../text.ts';

const labels: readonly (readonly [keyof SyncCounts, string])[] = [
  ['pulled', 'rows read'],
  ['created', 'created'],
  ['changed', 'created or changed'],
  ['rejected', 'rejected'],
  ['gone', 'of people who were erased'],
  ['scored', 'signups scored'],
];

/** What a run of a source did, and what to do next. */
export function renderSourceReport({ source, runId, status, counts, failure }: SourceReport, style: Style): string {
  const rows = labels.filter(([key]) => counts[key] > 0).map(([key, label]) => [label, grouped(counts[key])]);
  const again = 'Mend them at their source; what reads everything again: leadloop import --source NAME --full';
  return blocks([
    `${style.bold(source)}  ${status}  ${style.dim(`run ${runId}`)}`,
    rows.length === 0 ? 'nothing new' : table(rows, ['left', 'right']),
    failure === null
      ? ''
      : `${style.bad('stopped')} ${failure.message} ${style.dim(`[${failure.code}]`)}\n${style.bold('remedy')} ${failure.remedy}`,
    counts.rejected > 0 ? `To see what was rejected and why: leadloop rejected\n${again}` : '',
  ]);
}

import type { SyncCounts } from '../../model/run.ts';
import type { ObjectReport, SyncReport } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, grouped, table } from '../text.ts';
import { paintedStatus } from './run-status.ts';

/** What a run did, object by object and in all. */
export function renderSyncReport(report: SyncReport, style: Style): string {
  return blocks([
    headline(report, style),
    objects(report.objects, style),
    totals(report.counts),
    leftOut(report.problems, style),
    ending(report, style),
  ]);
}

function headline({ connection, status, runId }: SyncReport, style: Style): string {
  return `${style.bold(connection)}  ${paintedStatus(status, style)}  ${style.dim(`run ${runId}`)}`;
}

function objects(reports: readonly ObjectReport[], style: Style): string {
  if (reports.length === 0) return '';
  const rows = reports.map(({ object, lane, records, calls }) => [object, lane, grouped(records), grouped(calls)]);
  return table([['object', 'lane', 'records', 'calls'].map(style.dim), ...rows], ['left', 'left', 'right', 'right']);
}

const labels: readonly (readonly [keyof SyncCounts, string])[] = [
  ['pulled', 'records read'],
  ['created', 'leads created'],
  ['changed', 'records changed'],
  ['gone', 'records gone'],
  ['events', 'engagement events'],
  ['rejected', 'records rejected'],
  ['scored', 'scores computed'],
  ['transitions', 'status changes'],
  ['planned', 'writes planned'],
  ['pushed', 'records written'],
  ['pushRejected', 'writes refused'],
  ['pushDeferred', 'writes put off'],
  ['apiCalls', 'API calls'],
];

function totals(counts: SyncCounts): string {
  const rows = labels.filter(([key]) => counts[key] !== 0).map(([key, label]) => [label, grouped(counts[key])]);
  return rows.length === 0 ? 'nothing new' : table(rows, ['left', 'right']);
}

/** Once each: a field that is missing may be named by several rules. */
function leftOut(problems: SyncReport['problems'], style: Style): string {
  const lines = problems
    .filter(({ severity }) => severity === 'pauses')
    .map(({ object, message, remedy }) => `${style.warn('left out')} ${object}: ${message} ${remedy}`);
  return [...new Set(lines)].join('\n');
}

function ending({ counts, failure, nextTryAt, paused }: SyncReport, style: Style): string {
  const lines = [];
  if (failure !== null)
    lines.push(
      `${style.bad('stopped')} ${failure.message} ${style.dim(`[${failure.code}]`)}`,
      `${style.bold('remedy')} ${failure.remedy}`,
    );
  if (paused !== null) lines.push(`${style.warn('left out')} ${paused}`);
  if (nextTryAt !== null) lines.push(`${style.bold('not before')} ${nextTryAt.toISOString()}`);
  if (counts.rejected + counts.pushRejected > 0) lines.push('To see what was rejected and why: leadloop rejected');
  return lines.join('\n');
}

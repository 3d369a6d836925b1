import type { ImportReport } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, count, grouped, shown, table } from '../text.ts';

/** What came of a file, and what to do next. */
export function renderImportReport(report: ImportReport, style: Style): string {
  return blocks([headline(report, style), totals(report, style), why(report, style), next(report)]);
}

function headline({ kind, rows, isDryRun, isStopped }: ImportReport, style: Style): string {
  const state = isStopped ? style.warn('stopped') : isDryRun ? style.dim('dry run: nothing was changed') : '';
  return `${style.bold(kind)}  ${count(rows, 'row')}  ${state}`.trimEnd();
}

function totals({ created, updated, unchanged, rejected, scored }: ImportReport, style: Style): string {
  const lines: [string, number][] = [
    ['created', created],
    ['updated', updated],
    ['unchanged', unchanged],
    ['rejected', rejected],
    ['signups scored', scored],
  ];
  const shownLines = lines.filter(([, number]) => number > 0);
  if (shownLines.length === 0) return 'the file holds no row';
  const paint = (label: string): string => (label === 'rejected' ? style.bad(label) : label);
  return table(
    shownLines.map(([label, number]) => [paint(label), grouped(number)]),
    ['left', 'right'],
  );
}

function why({ examples, rejected, rejectedFile }: ImportReport, style: Style): string {
  if (rejected === 0) return '';
  const lines = examples.map(({ index, field, message, code }) => [
    `row ${grouped(index + 1)}`,
    shown(field),
    `${shown(message)} ${style.dim(`[${code}]`)}`,
  ]);
  const rest = rejected - examples.length;
  return [
    table(lines),
    rest === 0 ? '' : style.dim(`and ${grouped(rest)} more`),
    rejectedFile === null ? '' : `every one with its reason: ${rejectedFile}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function next({ isStopped, isDryRun, rejected, scored }: ImportReport): string {
  if (isStopped)
    return 'The rows counted here are in. Run the same command again: it goes over them and takes in the rest.';
  if (isDryRun) return 'To take it in, leave out --dry-run.';
  if (rejected > 0)
    return 'Mend the rows that were rejected and import the file again: what is in already stays as it is.';
  return scored > 0 ? 'To see a score and where it comes from: leadloop explain ADDRESS' : '';
}

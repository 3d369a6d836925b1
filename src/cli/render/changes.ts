import { type Change, isWork } from '../../config/apply.ts';
import type { Difference } from '../../config/differences.ts';
import type { Style } from '../style.ts';
import { blocks, clipped, count, indented, printable } from '../text.ts';

/** Like a diff: + what comes, ~ what changes with - and + below, and what is left alone. */
export function renderChanges(changes: readonly Change[], style: Style): string {
  const work = changes.filter(isWork);
  const alone = changes.filter(({ action }) => action === 'left-alone');
  const notes = changes.filter(({ action, note }) => action === 'none' && note !== '');
  return blocks([
    ...work.map((change) => renderChange(change, style)),
    notes.map((change) => `  ${title(change)}  ${style.dim(change.note)}`).join('\n'),
    alone.map((change) => `${style.warn('!')} ${title(change)}  ${style.dim(change.note)}`).join('\n'),
    work.length === 0 ? 'nothing to change' : count(work.length, 'change'),
  ]);
}

function renderChange(change: Change, style: Style): string {
  const isNew = change.action === 'create';
  const mark = isNew ? style.good('+') : style.warn('~');
  const note = change.note === '' ? '' : `  ${style.dim(change.note)}`;
  const lines = change.differences.map((difference) => renderDifference(difference, style, isNew));
  return [`${mark} ${style.bold(title(change))}${note}`, ...lines].join('\n');
}

function renderDifference({ path, before, after }: Difference, style: Style, isNew: boolean): string {
  if (isNew) return indented(style.good(`+ ${path}: ${text(after)}`));
  const lines = [];
  if (before !== undefined) lines.push(style.bad(`- ${path}: ${text(before)}`));
  if (after !== undefined) lines.push(style.good(`+ ${path}: ${text(after)}`));
  return indented(lines.join('\n'));
}

function title({ subject, org, name }: Change): string {
  return `${subject} ${org}${name === '' ? '' : `/${name}`}`;
}

function text(value: unknown): string {
  return clipped(printable(JSON.stringify(value) ?? 'nothing'), 100);
}

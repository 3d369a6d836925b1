import type { RejectedEntry } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, clipped, count, instant, shown, table } from '../text.ts';

export function renderRejected(entries: readonly RejectedEntry[], style: Style): string {
  if (entries.length === 0) return 'nothing is rejected';
  const head = ['last seen (UTC)', 'connection', 'record', 'stage', 'field', 'times', 'why'].map(style.dim);
  const rows = entries.map((entry) => [
    instant(entry.lastSeenAt),
    entry.connection,
    `${entry.object} ${shown(entry.externalId)}`,
    entry.stage,
    shown(entry.field),
    String(entry.times),
    `${clipped(shown(entry.message), 80)} ${style.dim(`[${entry.code}]`)}`,
  ]);
  return blocks([
    table([head, ...rows], ['left', 'left', 'left', 'left', 'left', 'right', 'left']),
    `${count(entries.length, 'rejection')}. After mending the cause: leadloop rejected retry`,
  ]);
}

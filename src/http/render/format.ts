import type { FieldValue } from '../../model/values.ts';
import { type Content, html, type Html } from '../html.ts';

/** Text from a CRM: in its own direction, and a dash where there is none. */
export function text(value: string | null): Html {
  return value === null || value.trim() === '' ? html`<span class="quiet">–</span>` : html`<bdi>${value}</bdi>`;
}

export function shown(value: FieldValue): Html {
  if (typeof value === 'boolean') return html`${value ? 'yes' : 'no'}`;
  if (typeof value === 'number') return html`${points(value)}`;
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/u.test(value)) return instant(new Date(value));
  return text(typeof value === 'string' || value === null ? value : value.join('; '));
}

/** `2026-11-22 10:05` UTC. */
export function instant(date: Date): Html {
  const iso = date.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')}</time>`;
}

/** `12 s ago`, `in 3 min`, with the instant itself as a tooltip. */
export function relative(date: Date, now: Date): Html {
  const ms = date.getTime() - now.getTime();
  const words = ms > 0 ? `in ${duration(ms)}` : `${duration(-ms)} ago`;
  const iso = date.toISOString();
  return html`<time datetime="${iso}" title="${iso.slice(0, 19).replace('T', ' ')} UTC">${words}</time>`;
}

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** `12,500` */
export function grouped(number: number): string {
  return number.toLocaleString('en-GB');
}

export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

export function points(number: number): string {
  return String(Math.round(number * 100) / 100);
}

export interface Column {
  readonly label: string;
  readonly isNumber?: true;
}

/** A table that scrolls by itself where it is wider than the screen, reachable by keyboard. */
export function table(id: string, caption: string, columns: readonly Column[], body: Content): Html {
  const heads = columns.map(
    ({ label, isNumber }) => html`<th scope="col" class="${isNumber ? 'number' : ''}">${label}</th>`,
  );
  return html`<div class="scroll" role="region" aria-labelledby="${id}-caption" tabindex="0">
    <table>
      <caption id="${id}-caption">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      ${body}
    </table>
  </div>`;
}

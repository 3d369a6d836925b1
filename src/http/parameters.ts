/** PURE. What an address asks for. Whatever makes no sense is taken as not said. */
import { leadStatuses } from '../model/lead.ts';
import type { LeadId } from '../model/values.ts';
import type { LeadKey, LeadQuery } from './page-reader.ts';

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/u;
const maxSearch = 200;

export function leadQuery(query: unknown): LeadQuery {
  const status = textOf(query, 'status');
  return {
    status: leadStatuses.find((known) => known === status) ?? null,
    tier: textOf(query, 'tier'),
    search: textOf(query, 'q'),
    after: keyOf(textOf(query, 'after')),
  };
}

export function leadId(parameters: unknown): LeadId | null {
  const id = textOf(parameters, 'id');
  return id !== null && uuid.test(id) ? id : null;
}

/** `score.id` */
function keyOf(text: string | null): LeadKey | null {
  const match = /^(?<score>\d{1,3})\.(?<id>.+)$/u.exec(text ?? '');
  const { score, id } = match?.groups ?? {};
  return id !== undefined && uuid.test(id) ? { score: Number(score), id } : null;
}

/** Null for the empty text, for a parameter given twice, and for NUL, which PostgreSQL takes in no text. */
function textOf(values: unknown, name: string): string | null {
  if (typeof values !== 'object' || values === null) return null;
  const value = Object.getOwnPropertyDescriptor(values, name)?.value as unknown;
  if (typeof value !== 'string') return null;
  return value.replaceAll('\0', '').trim().slice(0, maxSearch) || null;
}

/** PURE. Where a list of waiting records goes on, as a text that callers hand back. */
import type { PushPriority } from '../../../model/push.ts';
import type { WaitingPlace } from '../../../push/preview.ts';
import { invalidQuery } from '../problem.ts';

export function keyOf({ object, after: { priority, parent, externalId } }: WaitingPlace): string {
  return Buffer.from(JSON.stringify([object, priority, parent, externalId])).toString('base64url');
}

/** @throws AppError `query-invalid` (fix-config) */
export function placeAt(key: string | undefined): WaitingPlace | null {
  if (key === undefined) return null;
  const parts = partsOf(key);
  if (parts === null) throw invalidQuery('after', 'the `next` of the page before, as it is');
  const [object, priority, parent, externalId] = parts;
  return { object, after: { priority, parent, externalId } };
}

function partsOf(key: string): [string, PushPriority, string, string] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(key, 'base64url').toString());
    return Array.isArray(parts) && parts.length === 4 && parts.every(isPart)
      ? (parts as [string, PushPriority, string, string])
      : null;
  } catch {
    return null;
  }
}

function isPart(part: unknown, place: number): boolean {
  return place === 1 ? [0, 1, 2, 3].includes(part as number) : typeof part === 'string' && !part.includes('\0');
}

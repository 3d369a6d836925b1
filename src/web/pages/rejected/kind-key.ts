import type { KindKey } from '../../api/rejected.ts';

const names = ['name', 'object', 'stage', 'code', 'field'] as const;

/** Which kind the address of the page names; null = none. */
export function kindIn(search: URLSearchParams): KindKey | null {
  const name = search.get('name');
  const stage = search.get('stage');
  if (name === null || (stage !== 'decode' && stage !== 'map' && stage !== 'push')) return null;
  const [object, code, field] = (['object', 'code', 'field'] as const).map((key) => search.get(key) ?? '');
  if (object === undefined || code === undefined || field === undefined) return null;
  return { of: search.get('of') === 'source' ? 'source' : 'connection', name, object, stage, code, field };
}

export function addressOf(kind: KindKey): string {
  return `?${new URLSearchParams([['of', kind.of], ...names.map((key): [string, string] => [key, kind[key]])]).toString()}`;
}

export function isSame(one: KindKey, other: KindKey | null): boolean {
  return other !== null && one.of === other.of && names.every((key) => one[key] === other[key]);
}

import { useSearchParams } from 'react-router';

/** Each pause of whoever types would be a step back. */
const typed: readonly string[] = ['search', 'company', 'minScore'];

/** What a list is filtered by, in the address of the page: so it can be linked, and going back takes it back. */
export function useFilters<Name extends string>(names: readonly Name[]) {
  const [search, setSearch] = useSearchParams();
  const filters = Object.fromEntries(names.map((name) => [name, search.get(name)])) as Record<Name, string | null>;
  const set = (name: Name, value: string | null): void => {
    const next = new URLSearchParams(search);
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
    setSearch(next, { replace: typed.includes(name) });
  };
  return { filters, set, clear: () => setSearch({}), isFiltered: names.some((name) => search.get(name) !== null) };
}

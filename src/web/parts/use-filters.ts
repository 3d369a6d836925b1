import { useSearchParams } from 'react-router';

/**
 * What a list is filtered by, in the address of the page: so it can be linked, and going back takes it back. `typed`: those that
 * somebody types, of which each pause would be a step back.
 */
export function useFilters<Name extends string>(names: readonly Name[], typed: readonly NoInfer<Name>[] = []) {
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

/** PURE. Changes of a list, each as a new one. */

export function replaced<Item>(list: readonly Item[], index: number, item: Item): Item[] {
  return list.map((old, at) => (at === index ? item : old));
}

export function without<Item>(list: readonly Item[], index: number): Item[] {
  return list.filter((_, at) => at !== index);
}

/** One place up (-1) or down (1); at the end of the list it stays. */
export function moved<Item>(list: readonly Item[], index: number, by: -1 | 1): Item[] {
  const other = index + by;
  const [item, neighbour] = [list[index], list[other]];
  if (item === undefined || neighbour === undefined) return [...list];
  return replaced(replaced(list, index, neighbour), other, item);
}

/** A name that none of `taken` has: `rule`, `rule-2`, `rule-3`. */
export function freeName(wish: string, taken: readonly string[]): string {
  if (!taken.includes(wish)) return wish;
  let number = 2;
  while (taken.includes(`${wish}-${number}`)) number += 1;
  return `${wish}-${number}`;
}

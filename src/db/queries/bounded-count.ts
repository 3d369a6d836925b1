/**
 * Counts that people look at: nobody needs them exact, and nobody waits for a million rows. As many as this are said to be as many or
 * more.
 */
export const countedUpTo = 10_000;

/** SQL. `rows`: a select without columns. */
export const boundedCount = (rows: string): string =>
  `(select count(*)::int from (${rows} limit ${countedUpTo}) counted)`;

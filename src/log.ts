/** Constant message, variables in `fields`: ids, names of ours and counts, never a name, an address or a token of anybody's. */
export type Log = (
  level: 'debug' | 'info' | 'warn',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/** The same log, whose lines all say where they come from. Asked for each line: a session learns its run later. */
export function boundLog(log: Log, place: () => Readonly<Record<string, unknown>>): Log {
  return (level, message, fields) => log(level, message, { ...fields, ...place() });
}

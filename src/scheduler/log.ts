/** Constant message, variables in `fields`: ids and counts only. */
export type SchedulerLog = (
  level: 'debug' | 'info' | 'warn',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

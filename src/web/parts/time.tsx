import { Tooltip } from '@mantine/core';

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const dayOnly = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

const monthMs = 30 * 86_400_000;

/** "5 minutes ago", "in 2 hours"; older than a month: the day. */
function ago(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime();
  if (Math.abs(ms) > monthMs) return dayOnly.format(at);
  const [unit, size] = units.find(([, size]) => Math.abs(ms) >= size) ?? ['second', 1_000];
  return relative.format(Math.trunc(ms / size), unit);
}

/** `at`: as the API tells it; null = never. The exact time is in its title. */
export function Time({ at, never = 'never' }: { readonly at: string | null; readonly never?: string }) {
  if (at === null) return <>{never}</>;
  const date = new Date(at);
  return (
    <Tooltip label={exact.format(date)} openDelay={300}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {ago(date, new Date())}
      </time>
    </Tooltip>
  );
}

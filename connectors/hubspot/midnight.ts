const dayMs = 86_400_000;

/** Pure: when the next calendar day of a time zone begins. An unknown zone counts as UTC. */
export function nextMidnight(now: Date, timeZone: string): Date {
  const offset = offsetMs(now, timeZone);
  const localMidnight = (Math.floor((now.getTime() + offset) / dayMs) + 1) * dayMs;
  // Between now and then the clocks may change: the offset of that moment counts.
  return new Date(localMidnight - offsetMs(new Date(localMidnight - offset), timeZone));
}

/** What has to be added to UTC to read the clock on the wall. */
function offsetMs(instant: Date, timeZone: string): number {
  const parts = Object.fromEntries(
    clock(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(instant.getTime() / 1_000) * 1_000;
}

function clock(timeZone: string): Intl.DateTimeFormat {
  const fields = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-GB', { ...fields, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...fields, timeZone: 'UTC' });
  }
}

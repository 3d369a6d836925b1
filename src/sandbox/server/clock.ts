/** Milliseconds since the epoch, as every clock here counts. */
export type Now = () => number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;

export interface MovableClock {
  now: Now;
  /** Moves the clock by so many milliseconds. */
  advance(ms: number): void;
  /** By how much it has been moved. */
  aheadMs(): number;
}

export function movableClock(base: Now): MovableClock {
  let offset = 0;
  return {
    now: () => base() + offset,
    advance(ms) {
      offset += ms;
    },
    aheadMs: () => offset,
  };
}

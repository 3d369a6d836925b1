import type { Now } from '../../server/clock.ts';
import { Faults, type Active, type AnyFaultOrder } from '../../server/faults.ts';
import { FAULT_MENU, type FaultName } from './menu.ts';

export interface FaultOrder extends AnyFaultOrder<FaultName> {
  /** Most rows of a page. */
  rows?: number;
  /** `Object.Field`. */
  field?: string;
  object?: string;
  code?: string;
}

export type ActiveFault = Active<FaultOrder>;
export type SalesforceFaults = Faults<FaultOrder>;

/** Milliseconds between the earliest and the latest time a statement names; without an upper one, endless. */
function windowOf(url: string): number {
  const times = decodeURIComponent(url)
    .match(/\d{4}-\d\d-\d\dT[\d:.]+Z/g)
    ?.map((time) => Date.parse(time));
  return times === undefined || times.length < 2 ? Infinity : Math.max(...times) - Math.min(...times);
}

export function salesforceFaults(now: Now, onChange: () => void): SalesforceFaults {
  return new Faults<FaultOrder>({
    menu: FAULT_MENU,
    now,
    onChange,
    spares: ({ name, activatedAt, ms = -1 }, { url, tokenIssuedAt = 0 }) => {
      if (name === 'query-timeout') return windowOf(url) <= ms;
      return name === 'session-expired' && tokenIssuedAt > activatedAt;
    },
  });
}

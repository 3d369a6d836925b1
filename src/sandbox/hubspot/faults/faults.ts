import type { Now } from '../../server/clock.ts';
import { Faults, type Active, type AnyFaultOrder } from '../../server/faults.ts';
import { FAULT_MENU, type FaultName } from './menu.ts';

export interface FaultOrder extends AnyFaultOrder<FaultName> {
  /** Seconds. */
  retryAfter?: number;
  scope?: string;
  property?: string;
}

export type ActiveFault = Active<FaultOrder>;
export type HubSpotFaults = Faults<FaultOrder>;

const DEFAULT_LAG_MS = 5_000;

export function hubspotFaults(now: Now, onChange: () => void): HubSpotFaults {
  return new Faults<FaultOrder>({
    menu: FAULT_MENU,
    now,
    onChange,
    spares: ({ name, activatedAt }, { tokenIssuedAt = 0 }) => name === 'token-expired' && tokenIssuedAt > activatedAt,
  });
}

/** Milliseconds the search index is behind because of faults. */
export function indexLagMs(faults: HubSpotFaults): number {
  return Math.max(0, ...faults.named('index-lag').map(({ ms }) => ms ?? DEFAULT_LAG_MS));
}

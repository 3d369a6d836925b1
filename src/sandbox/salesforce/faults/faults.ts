import { seededRandom, type Random } from '../../hubspot/data/random.ts';
import type { Now } from '../time.ts';
import { faultKind, FAULT_MENU, type FaultName } from './menu.ts';

/** What a tester asks for. Ambient faults take no path, method, count, after or probability. */
export interface FaultOrder {
  name: FaultName;
  /** Regular expression on the path with its query. */
  path?: string;
  method?: string;
  /** How many requests it strikes; without it, all of them. */
  count?: number;
  /** How many matching requests it lets pass first. */
  after?: number;
  /** Share of matching requests it strikes, 0 to 1, drawn from `seed`. */
  probability?: number;
  seed?: number;
  ms?: number;
  /** Most rows of a page. */
  rows?: number;
  /** `Object.Field`. */
  field?: string;
  row?: number;
  code?: string;
}

export interface ActiveFault extends FaultOrder {
  readonly id: number;
  readonly activatedAt: number;
  seen: number;
  struck: number;
}

interface Target {
  method: string;
  url: string;
  /** When the request's token was issued, for `session-expired`. */
  tokenIssuedAt: number | undefined;
}

interface Entry {
  readonly fault: ActiveFault;
  readonly path: RegExp | undefined;
  readonly random: Random;
}

/** Milliseconds between the earliest and the latest time a statement names; without an upper one, endless. */
function windowOf(url: string): number {
  const times = decodeURIComponent(url)
    .match(/\d{4}-\d\d-\d\dT[\d:.]+Z/g)
    ?.map((time) => Date.parse(time));
  return times === undefined || times.length < 2 ? Infinity : Math.max(...times) - Math.min(...times);
}

function isAimedAt(fault: ActiveFault, path: RegExp | undefined, { method, url, tokenIssuedAt }: Target): boolean {
  if (faultKind(fault.name).phase === 'ambient') return false;
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  // Paths are matched without the query too, so that /jobs/query$ finds its target.
  if (path !== undefined && !path.test(url) && !path.test(url.split('?')[0] ?? url)) return false;
  if (fault.name === 'query-timeout') return windowOf(url) > (fault.ms ?? -1);
  return fault.name !== 'session-expired' || (tokenIssuedAt ?? 0) <= fault.activatedAt;
}

/** The faults that are switched on. */
export class Faults {
  private entries: Entry[] = [];
  private nextId = 1;
  private readonly now: Now;
  private readonly onChange: () => void;

  constructor(now: Now, onChange: () => void) {
    this.now = now;
    this.onChange = onChange;
  }

  activate(order: FaultOrder): ActiveFault {
    const fault: ActiveFault = { ...order, id: this.nextId, activatedAt: this.now(), seen: 0, struck: 0 };
    this.nextId += 1;
    const path = order.path === undefined ? faultKind(order.name).path : new RegExp(order.path);
    this.entries.push({ fault, path, random: seededRandom(order.seed ?? fault.id) });
    this.onChange();
    return fault;
  }

  clear(name?: FaultName): void {
    this.entries = name === undefined ? [] : this.entries.filter(({ fault }) => fault.name !== name);
    this.onChange();
  }

  active(): ActiveFault[] {
    return this.entries.map(({ fault }) => fault);
  }

  named(name: FaultName): ActiveFault[] {
    return this.active().filter((fault) => fault.name === name);
  }

  menu(): { name: string; phase: string; description: string }[] {
    return Object.entries(FAULT_MENU).map(([name, { phase, description }]) => ({ name, phase, description }));
  }

  /** The faults that strike this request; each answer counts one of its `count`. */
  strike(target: Target): ActiveFault[] {
    const struck = this.entries.filter((entry) => this.strikes(entry, target)).map(({ fault }) => fault);
    for (const fault of struck) fault.struck += 1;
    return struck;
  }

  private strikes({ fault, path, random }: Entry, target: Target): boolean {
    if (!isAimedAt(fault, path, target)) return false;
    fault.seen += 1;
    if (fault.seen <= (fault.after ?? 0) || fault.struck >= (fault.count ?? Infinity)) return false;
    return fault.probability === undefined || random.next() < fault.probability;
  }
}

import type { Now } from './clock.ts';
import { seededRandom, type Random } from './random.ts';

/**
 * When a fault acts: `answer` replaces the answer, `handler` is done inside the handler, `reply` spoils a good answer
 * on its way out, `delivery` strikes what the vendor itself sends, and `ambient` changes the world until it is switched off.
 */
type FaultPhase = 'answer' | 'handler' | 'reply' | 'delivery' | 'ambient';

export interface FaultKind {
  readonly phase: FaultPhase;
  readonly description: string;
  /** Which paths it strikes unless the order names others. */
  readonly path?: RegExp;
}

/** What a tester asks for, of any vendor's menu. Ambient faults take none of the rest. */
export interface AnyFaultOrder<Name extends string = string> {
  name: Name;
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
  row?: number;
}

export type Active<Order> = Order & {
  readonly id: number;
  readonly activatedAt: number;
  seen: number;
  struck: number;
};

export interface Target {
  method: string;
  url: string;
  /** When the request's token was issued. */
  tokenIssuedAt: number | undefined;
  /** Sent by the vendor, not to it. */
  isDelivery?: boolean;
}

interface Entry<Order> {
  readonly fault: Active<Order>;
  readonly path: RegExp | undefined;
  readonly random: Random;
}

interface FaultsOptions<Order extends AnyFaultOrder> {
  readonly menu: Readonly<Record<Order['name'], FaultKind>>;
  readonly now: Now;
  /** Called when a fault was switched on or off. */
  readonly onChange: () => void;
  /** Whether a fault that is aimed at a request lets it be, for reasons of its own. */
  readonly spares: (fault: Active<Order>, target: Target) => boolean;
}

/** The faults that are switched on. */
export class Faults<Order extends AnyFaultOrder> {
  private entries: Entry<Order>[] = [];
  private nextId = 1;
  private readonly options: FaultsOptions<Order>;

  constructor(options: FaultsOptions<Order>) {
    this.options = options;
  }

  activate(order: Order): Active<Order> {
    const fault = { ...order, id: this.nextId, activatedAt: this.options.now(), seen: 0, struck: 0 };
    this.nextId += 1;
    const path = order.path === undefined ? this.kind(order.name).path : new RegExp(order.path);
    this.entries.push({ fault, path, random: seededRandom(order.seed ?? fault.id) });
    this.options.onChange();
    return fault;
  }

  clear(name?: Order['name']): void {
    this.entries = name === undefined ? [] : this.entries.filter(({ fault }) => fault.name !== name);
    this.options.onChange();
  }

  active(): Active<Order>[] {
    return this.entries.map(({ fault }) => fault);
  }

  named(name: Order['name']): Active<Order>[] {
    return this.active().filter((fault) => fault.name === name);
  }

  menu(): { name: string; phase: string; description: string }[] {
    return Object.entries<FaultKind>(this.options.menu).map(([name, { phase, description }]) => ({
      name,
      phase,
      description,
    }));
  }

  /** The faults that strike this request; each answer counts one of its `count`. */
  strike(target: Target): Active<Order>[] {
    const struck = this.entries.filter((entry) => this.strikes(entry, target)).map(({ fault }) => fault);
    for (const fault of struck) fault.struck += 1;
    return struck;
  }

  private kind(name: Order['name']): FaultKind {
    return this.options.menu[name];
  }

  private strikes({ fault, path, random }: Entry<Order>, target: Target): boolean {
    if (!this.isAimedAt(fault, path, target) || this.options.spares(fault, target)) return false;
    fault.seen += 1;
    if (fault.seen <= (fault.after ?? 0) || fault.struck >= (fault.count ?? Infinity)) return false;
    return fault.probability === undefined || random.next() < fault.probability;
  }

  private isAimedAt(fault: Active<Order>, path: RegExp | undefined, target: Target): boolean {
    const { method, url, isDelivery = false } = target;
    const { phase } = this.kind(fault.name);
    if (phase === 'ambient' || (phase === 'delivery') !== isDelivery) return false;
    if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
    // Paths are matched without the query too, so that /search$ finds its target.
    return path === undefined || path.test(url) || path.test(url.split('?')[0] ?? url);
  }
}

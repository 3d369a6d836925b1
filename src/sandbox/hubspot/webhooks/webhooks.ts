import { seededRandom } from '../../server/random.ts';
import type { HubSpotFaults } from '../faults/faults.ts';
import type { Store } from '../store/store.ts';
import { MINUTE, SECOND, type Now } from '../time.ts';
import { type CrmEvent, eventsOf, linkEvents } from './events.ts';
import { signatureHeaders } from './sign.ts';
import { isWanted, type Subscription, type SubscriptionOrder } from './subscriptions.ts';

export interface WebhookAppOrder {
  readonly targetUrl: string;
  readonly clientSecret: string;
  readonly appId?: number;
  readonly subscriptions: readonly SubscriptionOrder[];
  /** Retries and the time that an answer may take go so many times as fast. */
  readonly timeScale?: number;
}

export interface WebhookApp extends Required<Omit<WebhookAppOrder, 'subscriptions'>> {
  readonly subscriptions: readonly Subscription[];
}

/** An attempt that has ended. */
export interface AttemptRecord {
  readonly at: number;
  /** 0 = no answer came, or not in time. */
  readonly status: number;
  readonly attemptNumber: number;
  readonly events: number;
}

interface Delivery {
  readonly app: WebhookApp;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  attemptNumber: number;
  dueAt: number;
}

const MAX_EVENTS = 100;
const MAX_AT_ONCE = 10;
const ANSWER_WITHIN = 5 * SECOND;
const DEFAULT_DELAY = MINUTE;
/** Ten retries over 24 hours; how they are spread is not documented. */
const RETRY_AFTER = [1, 5, 15, 30, 60, 120, 180, 240, 360, 420].map((minutes) => minutes * MINUTE);
/** In real time: what happens at once goes out together, and a clock that is moved from outside is looked at so often. */
const GATHER_MS = 5;
const LOOK_MS = 50;
const KEPT = 10_000;

/** Tells subscribed apps of changes as HubSpot does: late, in any order, more than once, and again until they are taken. */
export class Webhooks {
  readonly apps: WebhookApp[] = [];
  /** Oldest first. */
  attempts: AttemptRecord[] = [];
  private readonly now: Now;
  private readonly faults: HubSpotFaults;
  private readonly random = seededRandom(3);
  private readonly closing = new AbortController();
  private readonly gathered = new Map<WebhookApp, Record<string, unknown>[]>();
  private readonly underWay = new Map<WebhookApp, number>();
  private waiting: Delivery[] = [];
  private timer: NodeJS.Timeout | undefined;
  private nextId = 1;

  constructor(options: { now: Now; faults: HubSpotFaults }) {
    this.now = options.now;
    this.faults = options.faults;
  }

  /** Deliveries that wait for their time, for a retry, or for room. */
  get pending(): number {
    return this.waiting.length;
  }

  subscribe({ appId = 1, timeScale = 1, subscriptions, ...order }: WebhookAppOrder): WebhookApp {
    const numbered = subscriptions.map((one) => ({ ...one, id: this.nextId++ }));
    const app = { ...order, appId, timeScale, subscriptions: numbered };
    this.apps.push(app);
    return app;
  }

  /** Forgets apps, what is on its way to them, and what was. */
  clear(): void {
    this.apps.length = 0;
    this.gathered.clear();
    this.waiting = [];
    this.attempts = [];
  }

  observe(store: Store): void {
    store.onChange = (change) => this.tell(store.portalId, eventsOf(change));
    store.associations.onChange = (...change) => this.tell(store.portalId, linkEvents(...change));
  }

  /** The clock was moved. */
  wake(): void {
    this.send();
  }

  close(): void {
    this.clear();
    clearTimeout(this.timer);
    this.closing.abort();
  }

  private tell(portalId: number, events: readonly CrmEvent[]): void {
    const occurredAt = this.now();
    for (const app of this.apps) {
      for (const event of events) {
        for (const subscription of app.subscriptions.filter((one) => isWanted(one, event))) {
          const isOfAny = subscription.objectTypeId !== undefined;
          this.gather(app, {
            // Of no use to tell events apart by.
            eventId: this.random.integer(1, 1_000_000),
            subscriptionId: subscription.id,
            portalId,
            appId: app.appId,
            occurredAt,
            subscriptionType: subscription.eventType,
            changeSource: 'INTEGRATION',
            ...event.fields,
            ...(isOfAny && { objectTypeId: event.type.typeId }),
          });
        }
      }
    }
  }

  private gather(app: WebhookApp, event: Record<string, unknown>): void {
    const events = this.gathered.get(app) ?? [];
    if (events.length === 0) setTimeout(() => this.pack(app), GATHER_MS).unref();
    events.push(event);
    this.gathered.set(app, events);
  }

  /** In no order: nobody may rely on one. */
  private pack(app: WebhookApp): void {
    const events = (this.gathered.get(app) ?? [])
      .map((event) => ({ event, place: this.random.next() }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ event }) => event);
    this.gathered.delete(app);
    for (let at = 0; at < events.length; at += MAX_EVENTS) this.post(app, events.slice(at, at + MAX_EVENTS));
    this.send();
  }

  private post(app: WebhookApp, events: Delivery['events']): void {
    const target = { method: 'POST', url: app.targetUrl, tokenIssuedAt: undefined, isDelivery: true };
    const struck = this.faults.strike(target);
    if (struck.some(({ name }) => name === 'webhook-lost')) return;
    const delayed = struck.find(({ name }) => name === 'webhook-delayed');
    const dueAt = this.now() + (delayed === undefined ? 0 : (delayed.ms ?? DEFAULT_DELAY));
    const copies = struck.some(({ name }) => name === 'webhook-duplicated') ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) this.waiting.push({ app, events, attemptNumber: 0, dueAt });
  }

  private send(): void {
    const now = this.now();
    const later: Delivery[] = [];
    for (const delivery of this.waiting) {
      const underWay = this.underWay.get(delivery.app) ?? 0;
      if (delivery.dueAt > now || underWay >= MAX_AT_ONCE) {
        later.push(delivery);
        continue;
      }
      this.underWay.set(delivery.app, underWay + 1);
      void this.attempt(delivery);
    }
    this.waiting = later;
    clearTimeout(this.timer);
    if (later.length > 0) this.timer = setTimeout(() => this.send(), LOOK_MS).unref();
  }

  private async attempt(delivery: Delivery): Promise<void> {
    const { app, events, attemptNumber } = delivery;
    const status = await this.call(delivery);
    this.underWay.set(app, (this.underWay.get(app) ?? 1) - 1);
    if (this.closing.signal.aborted || !this.apps.includes(app)) return;
    this.attempts.push({ at: this.now(), status, attemptNumber, events: events.length });
    if (this.attempts.length > KEPT) this.attempts.shift();
    const after = RETRY_AFTER[attemptNumber];
    if ((status < 200 || status >= 300) && after !== undefined) {
      delivery.attemptNumber += 1;
      delivery.dueAt = this.now() + after / app.timeScale;
      this.waiting.push(delivery);
    }
    this.send();
  }

  /** The status of the answer; 0 = none, or too late. */
  private async call({ app, events, attemptNumber }: Delivery): Promise<number> {
    const body = JSON.stringify(events.map((event) => ({ ...event, attemptNumber })));
    const signed = { method: 'POST', url: app.targetUrl, body, at: this.now() };
    const late = AbortSignal.timeout(Math.max(1, ANSWER_WITHIN / app.timeScale));
    try {
      const answer = await fetch(app.targetUrl, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', ...signatureHeaders(app.clientSecret, signed) },
        body,
        signal: AbortSignal.any([late, this.closing.signal]),
      });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return 0;
    }
  }
}

import type { Token } from './auth.ts';
import { rateLimited, searchRateLimited } from './errors.ts';
import { SECOND, type Now } from './time.ts';

export interface Limits {
  /** Calls of a private token in ten seconds (190: Professional and Enterprise). */
  tenSecondly: number;
  /** Calls of an OAuth app in ten seconds, per installing account. */
  oauthTenSecondly: number;
  /** Calls to the associations API in ten seconds: it is exempt from the limits above and has its own. */
  associationsTenSecondly: number;
  /** Calls of the account until midnight in its own time zone. */
  daily: number;
  /** Searches of the account in one second; search is exempt from the ten-second limit. */
  searchPerSecond: number;
}

export const HUBSPOT_LIMITS: Limits = {
  tenSecondly: 190,
  oauthTenSecondly: 110,
  associationsTenSecondly: 150,
  daily: 625_000,
  searchPerSecond: 5,
};

export const NO_LIMITS: Limits = {
  tenSecondly: Infinity,
  oauthTenSecondly: Infinity,
  associationsTenSecondly: Infinity,
  daily: Infinity,
  searchPerSecond: Infinity,
};

const TEN_SECONDS = 10 * SECOND;

class RollingWindow {
  private calls: number[] = [];
  private readonly span: number;

  constructor(span: number) {
    this.span = span;
  }

  used(now: number): number {
    const start = now - this.span;
    if ((this.calls[0] ?? Infinity) <= start) this.calls = this.calls.filter((at) => at > start);
    return this.calls.length;
  }

  count(now: number): void {
    this.calls.push(now);
  }
}

type Bucket = 'general' | 'associations' | 'search';

export function bucketOf(path: string): Bucket {
  if (path.endsWith('/search')) return 'search';
  return path.startsWith('/crm/associations/') ? 'associations' : 'general';
}

export class RateLimits {
  readonly limits: Limits;
  private readonly now: Now;
  private readonly portalId: number;
  private readonly windows = new Map<string, RollingWindow>();
  private readonly search = new RollingWindow(SECOND);
  private readonly dayOf: Intl.DateTimeFormat;
  private day = '';
  private usedToday = 0;

  constructor(options: { limits: Limits; now: Now; portalId: number; timeZone: string }) {
    this.limits = options.limits;
    this.now = options.now;
    this.portalId = options.portalId;
    this.dayOf = new Intl.DateTimeFormat('en-CA', { timeZone: options.timeZone, dateStyle: 'short' });
  }

  /** Counts the call, or refuses it with the vendor's 429. */
  take(bucket: Bucket, token: Token): void {
    const now = this.now();
    this.takeFromDay(now);
    if (bucket === 'search') {
      if (this.search.used(now) >= this.limits.searchPerSecond) throw searchRateLimited();
      if (this.limits.searchPerSecond < Infinity) this.search.count(now);
      return;
    }
    const max = this.max(bucket, token);
    const window = this.window(bucket, token);
    if (window.used(now) >= max) throw rateLimited('TEN_SECONDLY_ROLLING', this.portalId);
    if (max < Infinity) window.count(now);
  }

  /** Search never has the ten-second headers, OAuth never the daily ones (all recordings). */
  headers(bucket: Bucket, token: Token): Record<string, string> {
    const headers: Record<string, string> = {};
    if (token.kind === 'static' && this.limits.daily < Infinity) {
      headers['X-HubSpot-RateLimit-Daily'] = String(this.limits.daily);
      headers['X-HubSpot-RateLimit-Daily-Remaining'] = String(Math.max(0, this.limits.daily - this.usedToday));
    }
    const max = this.max(bucket, token);
    if (bucket === 'search' || max === Infinity) return headers;
    const used = this.window(bucket, token).used(this.now());
    headers['X-HubSpot-RateLimit-Interval-Milliseconds'] = String(TEN_SECONDS);
    headers['X-HubSpot-RateLimit-Max'] = String(max);
    headers['X-HubSpot-RateLimit-Remaining'] = String(Math.max(0, max - used));
    return headers;
  }

  private takeFromDay(now: number): void {
    if (this.limits.daily === Infinity) return;
    const day = this.dayOf.format(now);
    if (day !== this.day) {
      this.day = day;
      this.usedToday = 0;
    }
    if (this.usedToday >= this.limits.daily) throw rateLimited('DAILY', this.portalId);
    this.usedToday += 1;
  }

  private max(bucket: Bucket, token: Token): number {
    if (bucket === 'associations') return this.limits.associationsTenSecondly;
    return token.kind === 'oauth' ? this.limits.oauthTenSecondly : this.limits.tenSecondly;
  }

  private window(bucket: Bucket, token: Token): RollingWindow {
    // An OAuth app's budget belongs to the app in this account, so a fresh access token does not renew it.
    const key = `${bucket}:${token.clientId ?? token.value}`;
    const window = this.windows.get(key) ?? new RollingWindow(TEN_SECONDS);
    this.windows.set(key, window);
    return window;
  }
}

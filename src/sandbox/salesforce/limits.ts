import { restError } from './errors.ts';
import { DAY, type Now } from './time.ts';

export interface Limits {
  /** API calls in rolling 24 hours. */
  dailyApiRequests: number;
  dailyBulkQueryJobs: number;
}

/** Of a large org. */
export const SALESFORCE_LIMITS: Limits = { dailyApiRequests: 100_000, dailyBulkQueryJobs: 10_000 };
export const NO_LIMITS: Limits = { dailyApiRequests: 5_000_000, dailyBulkQueryJobs: 5_000_000 };

/** How the header is spelt: alone, with short-term bursts, or with the share of this app. */
export type LimitInfoForm = 'plain' | 'bursts' | 'per-app';

const BUCKET_MS = DAY / 24;
const BURST_MAX = 750;

/** What the org has used of its allocation: by us, and by everybody else. */
export class Usage {
  readonly limits: Limits;
  form: LimitInfoForm;
  /** Calls of other integrations in the last 24 hours. */
  others: number;
  private readonly now: Now;
  /** Calls by hour. */
  private hours = new Map<number, number>();
  private jobs: number[] = [];

  constructor(options: { limits: Limits; form: LimitInfoForm; others: number; now: Now }) {
    this.limits = options.limits;
    this.form = options.form;
    this.others = options.others;
    this.now = options.now;
  }

  /** Calls of the last 24 hours. */
  used(): number {
    const oldest = Math.floor((this.now() - DAY) / BUCKET_MS);
    for (const hour of this.hours.keys()) if (hour <= oldest) this.hours.delete(hour);
    return this.others + this.own();
  }

  take(): void {
    if (this.used() >= this.limits.dailyApiRequests) {
      throw restError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    }
    const hour = Math.floor(this.now() / BUCKET_MS);
    this.hours.set(hour, (this.hours.get(hour) ?? 0) + 1);
  }

  takeBulkJob(): void {
    this.jobs = this.jobs.filter((at) => at > this.now() - DAY);
    if (this.jobs.length >= this.limits.dailyBulkQueryJobs) {
      throw restError(400, 'EXCEEDEDQUOTA', 'ApiBatchItems Limit exceeded.');
    }
    this.jobs.push(this.now());
  }

  bulkJobsLeft(): number {
    return this.limits.dailyBulkQueryJobs - this.jobs.length;
  }

  header(): string {
    const usage = `api-usage=${this.used()}/${this.limits.dailyApiRequests}`;
    if (this.form === 'bursts') return `${usage}; api-bursts=1/${BURST_MAX}`;
    return this.form === 'per-app' ? `${usage}; per-app-api-usage=${this.own()}/250(appName=leadloop)` : usage;
  }

  reset(): void {
    this.hours = new Map();
    this.jobs = [];
  }

  private own(): number {
    return [...this.hours.values()].reduce((sum, calls) => sum + calls, 0);
  }
}

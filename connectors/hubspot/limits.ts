import type { RateLimit, RetryPolicy } from 'leadloop/connector-sdk';

// DATA: every number with its unit, source and date. "docs" = developers.hubspot.com, read 2026-11-22.

/** The dated version of every path that has one: current since 2026-09-08, supported for 18 months (docs, versioning). */
export const apiVersion = '2026-09';

/** Of a documented limit we use so much: requests do not arrive as evenly as they leave. */
const headroom = 0.9;

export const buckets = {
  /** 100 calls per 10 s and app on Free and Starter, the least there is (docs, usage guidelines). Headers may say more. */
  general: { burst: 100 * headroom, perMs: 10_000 },
  /** 5 searches a second for all apps of the account together, and no headers tell (docs, search): we take 4. */
  search: { burst: 4, perMs: 1_000 },
} as const satisfies Record<string, RateLimit>;
export type Bucket = keyof typeof buckets;

/** The bucket as the CRM's headers describe it. */
export function usableRate(max: number, intervalMs: number): RateLimit {
  return { burst: Math.max(1, Math.floor(max * headroom)), perMs: intervalMs };
}

/** Records in a page of a list: more is a 400 (docs, objects). */
export const listPageSize = 100;
/** References in a page of a search (docs, search). */
export const searchPageSize = 200;
/** Inputs of batch/read and batch/update: 101 is a 400 (seen on a live portal, autumn 2026). */
export const batchSize = 100;
/** Inputs of associations batch/read (changelog: batch read limit for the associations API). */
export const associationBatchSize = 1_000;
/** Submissions in a page (form-integrations v1). */
export const submissionPageSize = 50;
/** Events in a page (e-mail events v1). */
export const emailEventPageSize = 1_000;

/** HubSpot answers 414 from about 8,000 characters of URL (dlt issue 305; others saw 16,200): stay below. */
export const maxUrlLength = 7_500;

/** Milliseconds after which a request is given up; HubSpot's own edge stops at 100 s (docs, errors: 524). */
export const requestTimeoutMs = 60_000;

/** Waits after a 429 in milliseconds: the policy says which window is full (docs, usage guidelines). */
export const secondlyPauseMs = 1_000;
export const tenSecondlyPauseMs = 10_000;
/** Least wait after 423 Locked (docs, errors). */
export const lockedPauseMs = 2_000;
/** A `Retry-After` may not hold us longer: 477, a migration of the account, names up to 24 h (docs, errors). */
export const maxRetryAfterMs = 86_400_000;

/** Schemas, account and form lists, in milliseconds. */
export const schemaAgeMs = 3_600_000;
export const accountAgeMs = 86_400_000;

export const retryPolicy: RetryPolicy = { attempts: 6, baseMs: 500, capMs: 20_000, totalMs: 120_000 };

/** HubSpot was founded in 2006. An epoch of 0 in a search filter is answered with a 500 (estuary/connectors, shared.py). */
export const beginning = Date.UTC(2006, 0, 1);

/** How far HubSpot's clock may be behind ours, in milliseconds: a first window begins so much earlier. Generous; costs no call. */
export const clockSkewMs = 600_000;

/** A submission may be listed later than its own date says: look so far back behind the last pass. */
export const submissionLookBackMs = 3_600_000;

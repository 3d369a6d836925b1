import type { RateLimit, RetryPolicy } from 'leadloop/connector-sdk';

// DATA: every number with its unit, source and date. "docs" = developer.salesforce.com, read 2026-11-22.

/** The version of every path: Summer '26. A version lives for three years at least (docs, REST API end-of-life policy). */
export const apiVersion = '67.0';

/** Salesforce limits a day and what is under way, not calls a second: the one bucket is free until Salesforce says stop. */
export const bucket = 'general';
export const buckets: Readonly<Record<string, RateLimit>> = {};

/** Rows in a page of a query: the most there is; Salesforce may send fewer (docs, query options header). */
export const pageSize = 2_000;
/** Records in one call of sObject Collections (docs, composite/sobjects). */
export const collectionSize = 200;
/** Ids in one `WHERE Id IN (…)`: the query is in the URL, 21 characters an id. */
export const idsPerQuery = 200;
/** Salesforce answers 414 or 431 above some 16,000 characters of URL (airbyte issue 20703): stay below. */
export const maxUrlLength = 15_000;

/** How often a record that changes while it is read in two calls is read again. */
export const joinRounds = 5;

/** Rows in a page of Bulk results: a stop in the middle reads at most one page again (docs, get results). */
export const bulkPageSize = 50_000;
/** Changes from which a push waits for a job instead of calling for every 200, and how many one job is handed. */
export const massFrom = 50_000;
export const massSize = 10_000;
/**
 * Bytes of one upload. Salesforce takes 100,000,000 before base64 (docs, upload job data); less keeps memory flat, and a line
 * of 2 Mbit/s within the time-out.
 */
export const uploadBytes = 20_000_000;
/** Characters in a cell of an upload (docs, Bulk API 2.0 limits). */
export const cellLength = 32_000;
/** Pauses between two looks at a job, in milliseconds: each is twice the last. A look is a call. */
export const firstLookMs = 500;
export const longestLookMs = 20_000;
/** Milliseconds after which a job is given up: Salesforce queues them, and says nothing of when. */
export const jobPatienceMs = 1_800_000;
/** Milliseconds for what is only tidying up. */
export const tidyMs = 5_000;

/** Milliseconds after which a request is given up. Salesforce stops a REST call after ten minutes (docs, API limits). */
export const requestTimeoutMs = 120_000;
/** Milliseconds of rest when 25 calls of more than 20 s are under way already (docs, concurrent API request limits). */
export const concurrentPauseMs = 60_000;
/** The day is a rolling 24 h, so calls come back all the time: look again after so many milliseconds. */
export const quotaPauseMs = 3_600_000;
/** Salesforce itself waits 10 s for a row lock before it gives up (developer forum): at once is too soon. */
export const lockedPauseMs = 10_000;

/** Schemas and the organisation, in milliseconds. */
export const schemaAgeMs = 3_600_000;
export const accountAgeMs = 86_400_000;

export const retryPolicy: RetryPolicy = { attempts: 6, baseMs: 500, capMs: 20_000, totalMs: 180_000 };

/** Salesforce was founded in March 1999: no record is older. */
export const beginning = Date.UTC(1999, 0, 1);
/** Stamps and comparisons of SystemModstamp have a resolution of so many milliseconds. */
export const stampMs = 1_000;
/** How far Salesforce's clock may be behind ours, in milliseconds: a first window begins so much earlier. Costs no call. */
export const clockSkewMs = 600_000;
/** Lanes look back so many milliseconds for what was committed late, and nothing else tells; peers take 10 s to 15 min. */
export const overlapMs = 900_000;
/** getUpdated cuts the seconds off both its ends, in milliseconds (docs, getUpdated). */
export const replicationStepMs = 60_000;
/** getUpdated looks back 30 days at most; a day is left for clocks (docs, getUpdated). */
export const replicationReachMs = 29 * 86_400_000;
/** getDeleted looks back 15 days at most; a day is left for clocks (docs, getDeleted). */
export const deletedReachMs = 14 * 86_400_000;

/** A merge takes in at most two others, and may be merged again: so many steps are followed, then we give up. */
export const mergeSteps = 20;

/** Life of a JWT assertion in seconds: Salesforce takes three minutes at most as clock skew (docs, JWT bearer flow). */
export const assertionLifeSeconds = 180;

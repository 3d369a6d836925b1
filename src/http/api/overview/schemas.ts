import { type Static, type TSchema, Type } from 'typebox';
import { instant } from '../forms.ts';

const strict = { additionalProperties: false };
const orNull = <Form extends TSchema>(form: Form) => Type.Union([form, Type.Null()]);
const text = Type.String();
const maybeText = orNull(text);
const maybeInstant = orNull(instant);
const count = Type.Integer({ minimum: 0 });
const maybeNumber = orNull(Type.Number());

const health = Type.Object(
  {
    state: Type.Enum(['healthy', 'failing', 'paused']),
    code: maybeText,
    message: maybeText,
    remedy: maybeText,
    failuresInRow: count,
    since: instant,
    tryAgainAt: maybeInstant,
  },
  strict,
);

const quota = Type.Object(
  {
    used: Type.Number({ description: 'Of our share, today.' }),
    share: maybeNumber,
    left: maybeNumber,
    resetAt: instant,
    waits: orNull(Type.Object({ until: instant, reason: text, pushes: count }, strict)),
    remedy: maybeText,
  },
  { description: 'API calls of the day. A number that is null is not known.', ...strict },
);

const run = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: text,
    status: Type.Enum(['running', 'succeeded', 'partial', 'failed', 'cancelled']),
    read: count,
    scored: count,
    written: count,
    startedAt: instant,
    endedAt: maybeInstant,
    failure: orNull(Type.Object({ code: text, message: text, remedy: maybeText }, strict)),
  },
  strict,
);

const countedUpTo = { ...count, description: 'So many of anything that waits or was refused are so many or more.' };

/** Of a connection and of a source. */
const standing = {
  health: orNull(health),
  runs: Type.Object({ pull: Type.Boolean(), push: Type.Boolean(), reason: maybeText, until: maybeInstant }, strict),
  lastRun: orNull(run),
  lastSuccessAt: maybeInstant,
  nextRunAt: maybeInstant,
};

const connection = Type.Object(
  {
    name: text,
    kind: text,
    schedule: maybeText,
    pushMode: Type.Enum(['plan', 'auto']),
    ...standing,
    waiting: Type.Object({ urgent: count, hot: count, scores: count, rest: count }, strict),
    refused: count,
    rejected: count,
    countedUpTo,
    quota: orNull(quota),
    freshness: orNull(Type.Object({ p50Seconds: Type.Number(), p95Seconds: Type.Number() }, strict)),
  },
  strict,
);
export type OverviewConnection = Static<typeof connection>;

const source = Type.Object(
  {
    name: text,
    kind: text,
    ...standing,
    rejected: count,
    countedUpTo,
  },
  strict,
);
export type OverviewSource = Static<typeof source>;

const tierCount = Type.Object({ tier: text, leads: count }, strict);
const counts = Type.Record(Type.String(), count);

const leadCounts = Type.Object(
  {
    countedAt: instant,
    statuses: counts,
    tiers: Type.Array(tierCount, { description: 'Of the marketing profile, the highest first.' }),
    productTiers: Type.Array(tierCount, { description: 'Of scored signups.' }),
  },
  strict,
);
export type OverviewCounts = Static<typeof leadCounts>;

export const overviewAnswer = Type.Object(
  {
    connections: Type.Array(connection),
    sources: Type.Array(source),
    unsentAlerts: Type.Object({ waiting: count, givenUp: count, lastError: maybeText }, strict),
    counts: {
      ...orNull(leadCounts),
      description:
        'A large organisation is counted every few seconds. Null = it is being counted for the first time: ask again.',
    },
    days: Type.Array(Type.Object({ day: text, statuses: counts, tiers: counts }, strict), {
      description: 'How many leads there were when the last run of a day ended; the oldest first, today last.',
    }),
  },
  { $id: 'Overview', title: 'Overview', ...strict },
);
export type OverviewAnswer = Static<typeof overviewAnswer>;

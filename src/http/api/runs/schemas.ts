import { type Static, Type } from 'typebox';
import { instant, nextPage, pageQuery, slugForm } from '../forms.ts';

const count = Type.Integer({ minimum: 0 });
const maybeText = Type.Union([Type.String(), Type.Null()]);
const maybeInstant = Type.Union([instant, Type.Null()]);

const runKinds = ['sync', 'live', 'hints', 'push', 'rescore', 'replay', 'undo', 'import'] as const;
const runStatuses = ['running', 'succeeded', 'partial', 'failed', 'cancelled'] as const;
const laneForm = Type.Enum(['full', 'live', 'settled', 'archived'], {
  description: 'full: everything. live: what has changed until now. settled: the gaps of live. archived: deletions.',
});

const counts = Type.Object(
  {
    pulled: count,
    changed: count,
    created: count,
    rejected: count,
    nulled: count,
    gone: count,
    events: count,
    scored: count,
    transitions: count,
    planned: count,
    pushed: count,
    pushRejected: count,
    pushDeferred: count,
    apiCalls: count,
  },
  { additionalProperties: false },
);

const failure = Type.Object(
  { code: Type.String(), message: Type.String(), recovery: Type.String(), remedy: Type.String() },
  { additionalProperties: false },
);

const step = Type.Object(
  {
    phase: Type.Enum(['pull', 'score', 'push']),
    object: Type.String(),
    lane: Type.Union([laneForm, Type.Null()]),
    done: count,
    total: Type.Union([count, Type.Null()]),
  },
  { additionalProperties: false },
);

const summary = {
  id: Type.String({ format: 'uuid' }),
  kind: Type.Enum([...runKinds]),
  status: Type.Enum([...runStatuses]),
  connection: maybeText,
  source: maybeText,
  startedAt: instant,
  endedAt: maybeInstant,
  heartbeatAt: { ...instant, description: 'When it was last heard of.' },
  tickAt: { ...maybeInstant, description: 'The instant of the schedule that asked for it; null = something else did.' },
  counts,
  failure: Type.Union([failure, Type.Null()]),
  step: Type.Union([step, Type.Null()], { description: 'What it was last seen at.' }),
};

export const run = Type.Object(summary, { $id: 'Run', title: 'Run', additionalProperties: false });
export type Run = Static<typeof run>;

export const runDetail = Type.Object(
  {
    ...summary,
    lanes: Type.Array(
      Type.Object(
        { object: Type.String(), lane: laneForm, records: count, calls: count },
        { additionalProperties: false },
      ),
      { description: 'What was read of each object, and the calls that it took.' },
    ),
    problems: Type.Array(
      Type.Object(
        {
          object: Type.String(),
          field: Type.String(),
          direction: Type.Enum(['in', 'out']),
          code: Type.String(),
          severity: Type.Enum(['pauses', 'warns']),
          message: Type.String(),
          remedy: Type.String(),
        },
        { additionalProperties: false },
      ),
      { description: 'Fields that were left out.' },
    ),
    paused: { ...maybeText, description: 'What a person had paused, so that it was left out.' },
  },
  { $id: 'RunDetail', title: 'Run in detail', additionalProperties: false },
);
export type RunDetail = Static<typeof runDetail>;

export const runQuery = Type.Object(
  {
    ...pageQuery,
    connection: Type.Optional(slugForm),
    kind: Type.Optional(Type.Enum([...runKinds])),
    status: Type.Optional(Type.Enum([...runStatuses])),
    looks: Type.Optional(
      Type.Boolean({ description: 'Looks and answers to hints as well, of which there are thousands a day.' }),
    ),
  },
  { additionalProperties: false },
);

export const runPage = Type.Object(
  { runs: Type.Array(Type.Ref('Run#')), next: nextPage },
  { additionalProperties: false },
);
export interface RunPage {
  readonly runs: readonly Run[];
  readonly next: string | null;
}

export const runWish = Type.Object(
  {
    full: Type.Optional(Type.Boolean({ description: 'Read everything again.' })),
    pullOnly: Type.Optional(Type.Boolean({ description: 'Write nothing.' })),
  },
  { additionalProperties: false },
);
export type RunWishForm = Static<typeof runWish>;

export const askedRun = Type.Object(
  { connection: Type.String(), askedAt: instant },
  { $id: 'AskedRun', title: 'Run that was asked for', additionalProperties: false },
);
export type AskedRun = Static<typeof askedRun>;

const pause = Type.Object(
  {
    of: Type.Enum(['org', 'connection', 'source']),
    direction: Type.Enum(['pull', 'push', 'all']),
    reason: Type.String(),
    since: instant,
  },
  { additionalProperties: false },
);

export const standing = Type.Object(
  {
    connections: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          kind: Type.String(),
          pushMode: Type.Enum(['plan', 'auto']),
          schedule: maybeText,
          pulls: Type.Boolean({ description: 'It may read now.' }),
          pushes: Type.Boolean({ description: 'It may write now.' }),
          reason: { ...maybeText, description: 'Why something does not run.' },
          until: { ...maybeInstant, description: 'When it is tried again by itself.' },
          pauses: Type.Array(pause, { description: 'What people have paused: its own, and of the organisation.' }),
          runId: { ...maybeText, description: 'The run that is under way.' },
        },
        { additionalProperties: false },
      ),
    ),
  },
  { $id: 'Standing', title: 'What runs, and what does not', additionalProperties: false },
);
export type Standing = Static<typeof standing>;

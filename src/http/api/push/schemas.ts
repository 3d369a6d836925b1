import { type Static, Type } from 'typebox';
import { instant, nextPage, pageQuery, slugForm } from '../forms.ts';

const count = Type.Integer({ minimum: 0 });
const maybeText = Type.Union([Type.String(), Type.Null()]);
const maybeInstant = Type.Union([instant, Type.Null()]);
const fieldValue = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Array(Type.String()), Type.Null()], {
  description: 'As the CRM has it.',
});

const hold = Type.Object(
  {
    kind: Type.Enum(['paused', 'mode', 'blast-radius', 'counting', 'waiting', 'quota', 'schedule']),
    reason: Type.String(),
    remedy: Type.String(),
    until: { ...maybeInstant, description: 'It ends by itself then; null = somebody has to end it.' },
  },
  { additionalProperties: false },
);

export const pushSummary = Type.Object(
  {
    connection: Type.String(),
    waiting: count,
    isCapped: Type.Boolean({ description: 'More wait than are counted: `waiting` and `calls` are the least.' }),
    calls: { ...count, description: 'The price in API calls.' },
    refused: { ...count, description: 'Records whose write the CRM has refused: they wait for a retry.' },
    holds: Type.Array(hold, { description: 'What keeps it from being written by itself.' }),
    problems: Type.Array(
      Type.Object(
        {
          object: Type.String(),
          field: Type.String(),
          code: Type.String(),
          message: Type.String(),
          remedy: Type.String(),
        },
        { additionalProperties: false },
      ),
      { description: 'Fields that are left out.' },
    ),
    fields: Type.Array(Type.String(), { description: 'Those that may be written.' }),
    tiers: Type.Array(Type.String(), { description: 'Of the marketing profile, the highest first.' }),
    owners: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }, { additionalProperties: false })),
  },
  { $id: 'PushSummary', title: 'What the next push comes to', additionalProperties: false },
);
export type PushSummary = Static<typeof pushSummary>;

const change = {
  field: Type.String(),
  before: fieldValue,
  after: fieldValue,
};

export const plannedRecord = Type.Object(
  {
    object: Type.String(),
    externalId: Type.String(),
    leadId: { ...maybeText, description: 'Null = a company.' },
    name: maybeText,
    tier: maybeText,
    owner: maybeText,
    changes: Type.Array(
      Type.Object(
        { ...change, why: maybeText },
        { additionalProperties: false, description: '`why`: what the score says for it.' },
      ),
    ),
    held: Type.Array(Type.Object({ ...change, why: Type.String() }, { additionalProperties: false }), {
      description: 'What differs and stays as it is in the CRM all the same.',
    }),
    notBefore: { ...maybeInstant, description: 'The CRM has deferred it.' },
    lastError: maybeText,
  },
  { $id: 'PlannedWrite', title: 'What would be written to a record', additionalProperties: false },
);
export type PlannedWrite = Static<typeof plannedRecord>;

export const planQuery = Type.Object(
  {
    ...pageQuery,
    tier: Type.Optional(Type.String({ maxLength: 40 })),
    owner: Type.Optional(Type.String({ format: 'uuid' })),
    field: Type.Optional(
      Type.String({ maxLength: 200, description: 'Only records of which this field would change.' }),
    ),
  },
  { additionalProperties: false },
);

export const planPage = Type.Object(
  {
    records: Type.Array(Type.Ref('PlannedWrite#')),
    looked: { ...count, description: 'How many of those that wait were looked at for this page.' },
    next: nextPage,
  },
  { additionalProperties: false },
);
export interface PlanPage {
  readonly records: readonly PlannedWrite[];
  readonly looked: number;
  readonly next: string | null;
}

export const inConnection = Type.Object({ org: slugForm, connection: slugForm });

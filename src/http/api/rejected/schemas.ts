import { type Static, Type } from 'typebox';
import { instant, nextPage, pageQuery, slugForm } from '../forms.ts';

const maybeText = Type.Union([Type.String(), Type.Null()]);
const stageForm = Type.Enum(['decode', 'map', 'push'], {
  description:
    'decode: the CRM sent what it does not promise. map: a value does not fit its field. push: the CRM refused.',
});
const ofForm = Type.Enum(['connection', 'source']);
const effectForm = Type.Enum(['reject', 'null'], {
  description: 'reject: the record was left out. null: the one value was left out and the record went on.',
});

export const rejectedKind = Type.Object(
  {
    of: ofForm,
    name: Type.String({ description: 'Of the connection or the source.' }),
    object: Type.String(),
    stage: stageForm,
    code: Type.String(),
    field: Type.String({ description: 'Empty = the record as a whole.' }),
    count: Type.Integer({ minimum: 1 }),
    message: Type.String({ description: 'Of the latest of them.' }),
    effect: effectForm,
    lastSeenAt: instant,
    remedy: Type.String(),
  },
  { $id: 'RejectedKind', title: 'Kind of rejected record', additionalProperties: false },
);
export type RejectedKind = Static<typeof rejectedKind>;

export const rejectedKinds = Type.Object(
  { kinds: Type.Array(Type.Ref('RejectedKind#')) },
  { additionalProperties: false },
);
export interface RejectedKinds {
  readonly kinds: readonly RejectedKind[];
}

export const rejectedRecord = Type.Object(
  {
    id: Type.Integer(),
    object: Type.String(),
    externalId: Type.String({ description: 'In the CRM; of a row of a source, whom or what it is about.' }),
    stage: stageForm,
    code: Type.String(),
    field: Type.String(),
    message: Type.String(),
    effect: effectForm,
    value: {
      ...maybeText,
      description: 'What the field held, as it came; null = nothing, or the whole record is meant.',
    },
    fields: Type.Record(Type.String(), Type.Unknown(), { description: 'The whole record as it came.' }),
    times: Type.Integer({ minimum: 1 }),
    firstSeenAt: instant,
    lastSeenAt: instant,
    runId: maybeText,
    leadId: maybeText,
    leadName: maybeText,
    isRetryable: Type.Boolean({ description: 'Whether it can be tried again by itself: a person or a company.' }),
  },
  { $id: 'RejectedRecord', title: 'Rejected record', additionalProperties: false },
);
export type RejectedRecord = Static<typeof rejectedRecord>;

const ofWhich = {
  of: Type.Optional(ofForm),
  name: slugForm,
  object: Type.Optional(Type.String({ maxLength: 100 })),
  stage: Type.Optional(stageForm),
  code: Type.Optional(Type.String({ maxLength: 100 })),
  field: Type.Optional(Type.String({ maxLength: 300, description: 'Empty = of the record as a whole.' })),
};
export const rejectedQuery = Type.Object({ ...pageQuery, ...ofWhich }, { additionalProperties: false });
export const exportQuery = Type.Object(ofWhich, { additionalProperties: false });

export const rejectedPage = Type.Object(
  { records: Type.Array(Type.Ref('RejectedRecord#')), next: nextPage },
  { additionalProperties: false },
);
export interface RejectedPage {
  readonly records: readonly RejectedRecord[];
  readonly next: string | null;
}

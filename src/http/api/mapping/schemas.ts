import { type Static, Type } from 'typebox';
import { instant, nextPage } from '../forms.ts';

const closed = { additionalProperties: false } as const;
const crmName = Type.String({ maxLength: 255, description: 'The API name of a CRM field.' });
const text = Type.String({ maxLength: 2_000 });
const translation = Type.Record(Type.String({ maxLength: 500 }), Type.String({ maxLength: 500 }));
const maybeText = Type.Union([Type.String(), Type.Null()]);

const plainTransforms = [
  ...(['trim', 'lower', 'upper', 'title', 'integer', 'number', 'boolean', 'date', 'datetime'] as const),
  ...(['coalesce', 'state', 'domain'] as const),
];

const transform = Type.Union([
  Type.Object(
    {
      name: Type.Enum([...plainTransforms]),
    },
    closed,
  ),
  Type.Object({ name: Type.Literal('values'), map: translation, otherwise: Type.Union([text, Type.Null()]) }, closed),
  Type.Object({ name: Type.Literal('regex'), pattern: text, group: Type.Integer({ minimum: 0, maximum: 99 }) }, closed),
  Type.Object(
    { name: Type.Literal('split'), separator: text, index: Type.Integer({ minimum: -99, maximum: 99 }) },
    closed,
  ),
  Type.Object({ name: Type.Literal('concat'), separator: text }, closed),
  Type.Object({ name: Type.Literal('truncate'), length: Type.Integer({ minimum: 0, maximum: 100_000 }) }, closed),
  Type.Object({ name: Type.Literal('contains'), text }, closed),
  Type.Object({ name: Type.Literal('matches'), pattern: text }, closed),
]);

const inRule = Type.Object(
  {
    from: Type.Array(crmName, { maxItems: 20 }),
    to: Type.String({ maxLength: 100, description: 'A field of ours.' }),
    transform: Type.Array(transform, { maxItems: 20 }),
    onInvalid: Type.Enum(['null', 'reject']),
    blank: Type.Enum(['keep', 'clear']),
    conflict: Type.Enum(['crm', 'ours', 'crm-unless-blank', 'newest']),
  },
  closed,
);

const outRule = Type.Object(
  {
    from: Type.String({ maxLength: 100, description: 'A value of ours.' }),
    to: crmName,
    write: Type.Enum(['always', 'if-blank', 'if-ours', 'forward', 'never']),
    values: Type.Union([translation, Type.Null()], { description: 'Ours → theirs. Null = as it is.' }),
  },
  closed,
);

export const mappingForm = Type.Object(
  {
    objects: Type.Record(
      Type.String({ maxLength: 100 }),
      Type.Object({ in: Type.Array(inRule, { maxItems: 300 }), out: Type.Array(outRule, { maxItems: 300 }) }, closed),
    ),
    counters: Type.Record(Type.String({ maxLength: 100 }), Type.Enum(['crm', 'events'])),
    events: Type.Array(
      Type.Object(
        {
          object: Type.String({ maxLength: 100 }),
          contains: Type.Union([text, Type.Record(Type.String({ maxLength: 100 }), text, { minProperties: 1 })]),
          type: Type.String({ maxLength: 100 }),
        },
        closed,
      ),
      { maxItems: 300 },
    ),
  },
  { ...closed, description: 'As in the configuration, with every default filled in.' },
);
export type MappingForm = Static<typeof mappingForm>;
export type InRuleForm = MappingForm['objects'][string]['in'][number];
export type OutRuleForm = MappingForm['objects'][string]['out'][number];
export type EventRuleForm = MappingForm['events'][number];
export type TransformForm = InRuleForm['transform'][number];

export const definitionBody = Type.Object({ definition: mappingForm }, closed);
export const publishBody = Type.Object(
  {
    definition: mappingForm,
    revision: Type.Integer({
      minimum: 0,
      description: 'Of the draft that this is, which is then done with; 0 = there is none.',
    }),
  },
  closed,
);
export const draftBody = Type.Object(
  {
    definition: mappingForm,
    basedOn: Type.Integer({ minimum: 0, description: 'The version that the editing began from.' }),
  },
  closed,
);
export type DraftForm = Static<typeof draftBody>;

const use = Type.Object(
  {
    profile: Type.Enum(['mql', 'plg']),
    type: Type.Enum(['rule', 'segment', 'trigger']),
    id: Type.String(),
    label: Type.String(),
  },
  closed,
);

const target = Type.Object(
  {
    name: Type.String(),
    label: Type.String(),
    description: Type.String(),
    type: Type.String({ description: 'text, email, integer, boolean, status or list.' }),
    need: Type.Enum(['required', 'known', 'optional'], {
      description: 'required: leads are recognised by it. known: the active profiles ask for it.',
    }),
    isCompany: Type.Boolean({ description: 'Only the record of a company may fill it.' }),
    usedBy: Type.Array(use),
  },
  closed,
);
export type MappingTarget = Static<typeof target>;

const output = Type.Object(
  { name: Type.String(), label: Type.String(), description: Type.String(), isOfCompany: Type.Boolean() },
  closed,
);

const eventSource = Type.Object(
  { object: Type.String(), texts: Type.Array(Type.String(), { description: 'That a rule may look at.' }) },
  closed,
);

const eventType = Type.Object(
  { name: Type.String(), counter: Type.Union([Type.String(), Type.Null()], { description: 'That sums them.' }) },
  closed,
);

const draft = Type.Object(
  {
    definition: mappingForm,
    basedOn: Type.Integer(),
    revision: Type.Integer(),
    updatedBy: Type.String(),
    updatedAt: instant,
  },
  closed,
);

export const mappingAnswer = Type.Object(
  {
    connection: Type.String(),
    kind: Type.String(),
    label: Type.String({ description: 'Of the CRM.' }),
    version: Type.Integer({ description: 'The one in force; 0 = what the connector brings along.' }),
    definition: mappingForm,
    draft: Type.Union([draft, Type.Null()]),
    objects: Type.Array(
      Type.Object(
        {
          object: Type.String(),
          kind: Type.Enum(['lead', 'company', 'opportunity']),
          isWritten: Type.Boolean({ description: 'Whether anything can be written to it.' }),
        },
        closed,
      ),
    ),
    targets: Type.Array(target),
    outputs: Type.Array(output),
    eventSources: Type.Array(eventSource, { description: 'What event rules apply to.' }),
    eventTypes: Type.Array(eventType, { description: 'What an event may count as.' }),
  },
  closed,
);
export type MappingAnswer = Static<typeof mappingAnswer>;

const value = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null(), Type.Array(Type.String())]);
export type CrmValue = Static<typeof value>;

const liveField = Type.Object(
  {
    name: Type.String(),
    label: Type.String(),
    type: Type.String(),
    options: Type.Array(Type.String()),
    isReadOnly: Type.Boolean(),
    isCalculated: Type.Boolean(),
    isCustom: Type.Boolean(),
    filled: Type.Integer({ description: 'Of the records that were looked at: how many say anything.' }),
    samples: Type.Array(Type.String(), { description: 'Values, the most frequent first.' }),
  },
  closed,
);
export type LiveField = Static<typeof liveField>;

const suggestion = Type.Object({ rule: inRule, because: Type.Enum(['default', 'name', 'label']) }, closed);
export type MappingSuggestion = Static<typeof suggestion>;

export const fieldsAnswer = Type.Object(
  {
    object: Type.String(),
    fields: Type.Array(liveField),
    records: Type.Integer({ description: 'How many records the samples and counts come from.' }),
    suggestions: Type.Array(suggestion, { description: 'For fields of ours that nothing fills yet.' }),
  },
  closed,
);
export type LiveFields = Static<typeof fieldsAnswer>;

const liveProblem = Type.Object(
  {
    object: Type.String(),
    direction: Type.Enum(['in', 'out']),
    field: Type.String({ description: 'Of the CRM.' }),
    code: Type.String(),
    severity: Type.Enum(['pauses', 'warns'], { description: 'pauses: this one field is left out until it is mended.' }),
    message: Type.String(),
    remedy: Type.String(),
  },
  closed,
);
export type LiveProblem = Static<typeof liveProblem>;

const definitionProblem = Type.Object(
  {
    path: Type.String({ description: 'Such as objects.contacts.in[2].to' }),
    message: Type.String(),
    remedy: Type.String(),
  },
  closed,
);

export const checkAnswer = Type.Object(
  {
    mistakes: Type.Array(definitionProblem, { description: 'With any of these it cannot be published.' }),
    problems: Type.Union([Type.Array(liveProblem), Type.Null()], {
      description: 'Against the CRM as it is now; null = it could not be asked.',
    }),
    unanswered: Type.Union([Type.Object({ message: Type.String(), remedy: Type.String() }, closed), Type.Null()], {
      description: 'Why the CRM could not be asked.',
    }),
  },
  closed,
);
export type MappingCheck = Static<typeof checkAnswer>;

const breakage = Type.Object(
  {
    ...liveProblem.properties,
    fills: Type.Array(Type.String(), { description: 'Fields of ours that it fills, or the value that it takes.' }),
    isAlone: Type.Boolean({ description: 'Nothing else fills them meanwhile.' }),
    usedBy: Type.Array(use),
  },
  closed,
);
export type Breakage = Static<typeof breakage>;

export const driftAnswer = Type.Object(
  {
    breakages: Type.Array(breakage),
    unanswered: checkAnswer.properties.unanswered,
  },
  closed,
);
export type MappingDrift = Static<typeof driftAnswer>;

export const previewBody = Type.Object(
  {
    definition: mappingForm,
    object: Type.String({ minLength: 1, maxLength: 100 }),
    search: Type.Optional(
      Type.String({ maxLength: 255, description: 'An e-mail address or an id of the CRM; left out = a few records.' }),
    ),
  },
  closed,
);

const side = Type.Object(
  {
    total: Type.Integer(),
    tier: Type.String(),
    segment: Type.String(),
    qualifies: Type.Boolean({ description: 'Whether a trigger of the profile holds.' }),
  },
  closed,
);
export type ScoreSide = Static<typeof side>;

const mappedCell = Type.Object(
  {
    to: Type.String(),
    raw: Type.Array(value, { description: 'What the CRM has, in the order of `from`.' }),
    value,
    outcome: Type.Enum(['set', 'blank', 'cleared', 'invalid', 'rejects'], {
      description: 'blank: it says nothing. cleared: it takes the known value back.',
    }),
    reason: maybeText,
  },
  closed,
);
export type MappedCell = Static<typeof mappedCell>;

const previewRecord = Type.Object(
  {
    id: Type.String({ description: 'Of the CRM.' }),
    label: Type.String(),
    leadId: maybeText,
    cells: Type.Array(mappedCell, { description: 'One for each rule, in their order.' }),
    now: Type.Union([side, Type.Null()], { description: 'By the mapping in force.' }),
    draft: Type.Union([side, Type.Null()], { description: 'Null = the record would be rejected.' }),
  },
  closed,
);
export type PreviewRecord = Static<typeof previewRecord>;

export const previewAnswer = Type.Object({ records: Type.Array(previewRecord) }, closed);
export type MappingPreview = Static<typeof previewAnswer>;

const difference = Type.Object(
  {
    path: Type.String({ description: 'Such as objects.contacts.in[email].transform' }),
    before: Type.Unknown(),
    after: Type.Unknown(),
  },
  closed,
);
export type MappingDifference = Static<typeof difference>;

export const consequencesAnswer = Type.Object(
  {
    differences: Type.Array(difference),
    looked: Type.Array(Type.Object({ object: Type.String(), records: Type.Integer(), isAll: Type.Boolean() }, closed), {
      description: 'Records that the counts come from; isAll: there are no others.',
    }),
    fields: Type.Array(
      Type.Object(
        {
          object: Type.String(),
          to: Type.String(),
          records: Type.Integer({ description: 'Records of the object that were looked at.' }),
          changed: Type.Integer(),
          gained: Type.Integer(),
          lost: Type.Integer(),
        },
        closed,
      ),
      { description: 'Fields of ours whose values would be others.' },
    ),
    leads: Type.Integer({ description: 'Leads that were scored with both.' }),
    scoresChanged: Type.Integer(),
    becomeQualified: Type.Integer(),
    noLongerQualified: Type.Integer(),
    startsWriting: Type.Array(Type.Object({ object: Type.String(), from: Type.String(), to: Type.String() }, closed)),
    stopsWriting: Type.Array(Type.Object({ object: Type.String(), from: Type.String(), to: Type.String() }, closed)),
    readsAgain: Type.Boolean({ description: 'Whether the next sync reads every record again.' }),
    check: checkAnswer,
  },
  closed,
);
export type Consequences = Static<typeof consequencesAnswer>;

export const savedDraft = Type.Object({ revision: Type.Integer() }, closed);
export type SavedDraft = Static<typeof savedDraft>;
export const publishedVersion = Type.Object({ version: Type.Integer() }, closed);
export type PublishedVersion = Static<typeof publishedVersion>;

export const versionsAnswer = Type.Object(
  {
    versions: Type.Array(
      Type.Object(
        { version: Type.Integer(), isActive: Type.Boolean(), createdAt: instant, changes: Type.Integer() },
        closed,
      ),
    ),
    next: nextPage,
  },
  closed,
);
export type MappingVersions = Static<typeof versionsAnswer>;

export const versionAnswer = Type.Object(
  {
    version: Type.Integer(),
    definition: mappingForm,
    yaml: Type.String({
      description: 'As `leadloop export` writes it; a file that `mapping:` of a connection may name.',
    }),
  },
  closed,
);
export type MappingVersion = Static<typeof versionAnswer>;

export const differencesAnswer = Type.Object({ differences: Type.Array(difference) }, closed);
export type MappingDifferences = Static<typeof differencesAnswer>;

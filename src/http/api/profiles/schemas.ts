import { type Static, Type } from 'typebox';
import { exampleFields, maxExamples } from '../../../config/schema-example.ts';
import { instant, nextPage, pageQuery, slugForm } from '../forms.ts';

/** A scoring profile as config/profile.schema.json has it, with every default filled in. */
export interface ProfileDefinition {
  readonly kind: ProfileKind;
  readonly name: string;
  readonly version: number;
  readonly components: readonly ComponentForm[];
  readonly tiers: readonly TierForm[];
  readonly triggers: readonly TriggerForm[];
  readonly segments: readonly SegmentForm[];
  readonly action: ActionForm | null;
}
export type ProfileKind = 'mql' | 'plg';
export interface ComponentForm {
  readonly name: string;
  readonly max: number;
  readonly weightPercent: number;
  readonly rules: readonly RuleForm[];
}
interface RuleBase {
  readonly id: string;
  readonly label: string;
  readonly cap: number | null;
  readonly decay: DecayForm | null;
}
export type DecayForm = { readonly halfLifeDays: number } | { readonly windowDays: number };
export type RuleForm =
  | (RuleBase & { readonly type: 'per-unit'; readonly of: string; readonly points: number })
  | (RuleBase & { readonly type: 'tier'; readonly of: string; readonly steps: readonly StepForm[] })
  | (RuleBase & { readonly type: 'match'; readonly of: string; readonly words: readonly WordForm[] })
  | (RuleBase & { readonly type: 'flag'; readonly when: ConditionForm; readonly points: number });
export interface StepForm {
  readonly atLeast: number;
  readonly points: number;
}
export interface WordForm {
  readonly phrase: string;
  readonly points: number;
}
export type FactValue = string | number | boolean | null | readonly string[];
export type ConditionForm =
  | { readonly of: string; readonly atLeast: number }
  | { readonly of: string; readonly below: number }
  | { readonly of: string; readonly equals: FactValue }
  | { readonly of: string; readonly in: readonly string[] }
  | { readonly of: string; readonly contains: string }
  | { readonly of: string; readonly known: boolean }
  | { readonly all: readonly ConditionForm[] }
  | { readonly any: readonly ConditionForm[] }
  | { readonly not: ConditionForm };
export interface TierForm {
  readonly tier: string;
  readonly atLeast: number;
}
export interface TriggerForm {
  readonly id: string;
  readonly label: string;
  readonly when: ConditionForm;
}
export interface SegmentForm {
  readonly segment: string;
  readonly when: ConditionForm;
}
export interface ActionForm {
  readonly who: readonly LineForm[];
  readonly whyNow: readonly LineForm[];
  readonly whatToDo: readonly LineForm[];
}
export interface LineForm {
  readonly when: ConditionForm | null;
  readonly say: string;
}

const kind = Type.Enum(['mql', 'plg'], { description: 'mql scores leads, plg signups of the product.' });
const version = Type.Integer({ minimum: 0, description: '0 = none is stored, and the default one scores.' });
const maybeInstant = Type.Union([instant, Type.Null()]);
const maybeText = Type.Union([Type.String(), Type.Null()]);
const points = Type.Number();
/** The form itself is checked where it is used, so that what is half-finished can be kept and each fault has its remedy. */
const definition = Type.Unsafe<ProfileDefinition>(
  Type.Object({}, { description: 'A scoring profile: config/profile.schema.json.', additionalProperties: true }),
);
const anyJson = Type.Unsafe<unknown>(Type.Any({ description: 'A JSON value; left out = not there.' }));

const difference = Type.Object(
  { path: Type.String(), before: Type.Optional(anyJson), after: Type.Optional(anyJson) },
  { additionalProperties: false },
);
export interface DifferenceForm {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

const problem = Type.Object(
  { path: Type.String(), message: Type.String(), remedy: Type.String() },
  { additionalProperties: false },
);
export type ProfileProblem = Static<typeof problem>;

const draftHead = {
  revision: Type.Integer({ description: 'Counts the saves.' }),
  basedOn: Type.Union([Type.Integer(), Type.Null()], { description: 'The version that it began from; null = none.' }),
  updatedBy: Type.String(),
  updatedAt: instant,
};

const summary = Type.Object(
  {
    kind,
    name: Type.String(),
    version,
    publishedAt: maybeInstant,
    rescoredAt: maybeInstant,
    components: Type.Integer(),
    rules: Type.Integer(),
    triggers: Type.Integer(),
    draft: Type.Union([Type.Object(draftHead, { additionalProperties: false }), Type.Null()]),
  },
  { $id: 'ProfileSummary', title: 'Profile summary', additionalProperties: false },
);
export const profileSummary = summary;
export type ProfileSummary = Static<typeof summary>;
export const profileList = Type.Object(
  { profiles: Type.Array(Type.Ref('ProfileSummary#')) },
  { additionalProperties: false },
);
export interface ProfileList {
  readonly profiles: readonly ProfileSummary[];
}

const fact = Type.Object(
  { name: Type.String(), isDated: Type.Boolean({ description: 'There are dates behind it, so that it can fade.' }) },
  { additionalProperties: false },
);
export type Fact = Static<typeof fact>;

export const liveProfile = Type.Object(
  {
    kind,
    version,
    publishedAt: maybeInstant,
    rescoredAt: Type.Union([instant, Type.Null()], {
      description: 'Null = scores of an older version may still stand.',
    }),
    profile: definition,
    facts: Type.Array(fact, { description: 'What its rules may ask for.' }),
    triggerFacts: Type.Array(Type.String(), { description: 'What triggers may ask for besides.' }),
    lineFacts: Type.Array(Type.String(), { description: 'What the lines of an action may ask for besides.' }),
  },
  { $id: 'LiveProfile', title: 'Profile in force', additionalProperties: false },
);
export type LiveProfile = Static<typeof liveProfile>;

export const profileDraft = Type.Object(
  {
    ...draftHead,
    profile: definition,
    problems: Type.Array(problem, { description: 'Why it cannot be published; none = it can.' }),
    differences: Type.Array(difference, { description: 'To what is in force.' }),
  },
  { $id: 'ProfileDraft', title: 'Profile draft', additionalProperties: false },
);
export interface ProfileDraft extends Omit<Static<typeof profileDraft>, 'differences'> {
  readonly differences: readonly DifferenceForm[];
}
export const draftAnswer = Type.Object(
  { draft: Type.Union([Type.Ref('ProfileDraft#'), Type.Null()]) },
  { additionalProperties: false },
);
export interface DraftAnswer {
  readonly draft: ProfileDraft | null;
}
export const draftWish = Type.Object({ profile: definition }, { additionalProperties: false });

export const publishWish = Type.Object(
  {
    revision: Type.Integer({ minimum: 1, description: 'Of the draft that was looked at.' }),
    despiteTests: Type.Optional(Type.Boolean({ default: false, description: 'Even if its own examples fail.' })),
  },
  { additionalProperties: false },
);
export const published = Type.Object({ version }, { additionalProperties: false });
export type Published = Static<typeof published>;

const versionHead = {
  version,
  name: Type.String(),
  isActive: Type.Boolean(),
  createdAt: instant,
  rescoredAt: maybeInstant,
};
const versionRow = Type.Object(versionHead, { additionalProperties: false });
export const versionPage = Type.Object(
  { versions: Type.Array(versionRow), next: nextPage },
  { additionalProperties: false },
);
export type VersionPage = Static<typeof versionPage>;
export type VersionRow = Static<typeof versionRow>;
export const explainedVersion = Type.Object(
  {
    ...versionHead,
    profile: definition,
    differences: Type.Array(difference, { description: 'From what is in force to this version.' }),
    yaml: Type.String({ description: 'A file that a configuration may name under `profiles`.' }),
  },
  { $id: 'ProfileVersion', title: 'Profile version', additionalProperties: false },
);
export interface ExplainedVersion extends Omit<Static<typeof explainedVersion>, 'differences'> {
  readonly differences: readonly DifferenceForm[];
}

const person = Type.Object(
  {
    leadId: Type.Union([Type.String(), Type.Null()], { description: 'Null = a signup without a lead.' }),
    name: maybeText,
    email: maybeText,
    companyName: maybeText,
    before: points,
    after: points,
  },
  { additionalProperties: false },
);
export type PreviewedPerson = Static<typeof person>;
const crossing = Type.Object({ count: Type.Integer(), people: Type.Array(person) }, { additionalProperties: false });
const histogram = Type.Array(Type.Integer(), { description: 'Ten points a bucket, from 0–9 to 90–100.' });

export const previewWish = Type.Object(
  {
    profile: definition,
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: 1_000,
        description: 'People of this page. Ids are random, so the first page is a fair sample of all.',
      }),
    ),
    after: Type.Optional(Type.String({ format: 'uuid', description: 'The `next` of the page before.' })),
  },
  { additionalProperties: false },
);
export const preview = Type.Object(
  {
    scored: Type.Integer({ description: 'Of this page.' }),
    total: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Of all pages; only with the first. Null with that = very many are being counted: ask again.',
    }),
    next: nextPage,
    changed: Type.Integer({ description: 'Whose score would not be what it is.' }),
    records: Type.Integer({
      description:
        'CRM records of the people whose score, tier, segment, reason or action would not be what it is: a push writes to at most so many of them, and to fewer where the mapping leaves out what has changed. Those of companies do not count.',
    }),
    before: histogram,
    after: histogram,
    tiers: Type.Array(
      Type.Object(
        { tier: Type.String(), before: Type.Integer(), after: Type.Integer() },
        { additionalProperties: false },
      ),
    ),
    becomeMql: crossing,
    wouldNotBeMql: crossing,
    movers: Type.Array(person),
    atMost: Type.Object(
      { people: Type.Integer(), movers: Type.Integer() },
      { additionalProperties: false, description: 'How many are named, for who adds up several pages.' },
    ),
  },
  { $id: 'ProfilePreview', title: 'Preview of a profile', additionalProperties: false },
);
export type Preview = Static<typeof preview>;

const found = Type.Object(
  { id: Type.String(), name: maybeText, email: maybeText, companyName: maybeText },
  { additionalProperties: false },
);
export type FoundLead = Static<typeof found>;
export const leadSearch = Type.Object({ q: Type.Optional(Type.String({ maxLength: 200 })) });
export const foundLeads = Type.Object({ leads: Type.Array(found) }, { additionalProperties: false });
export type FoundLeads = Static<typeof foundLeads>;

export const receiptWish = Type.Object(
  { profile: definition, leadId: Type.String({ format: 'uuid' }) },
  { additionalProperties: false },
);
const line = Type.Object(
  {
    component: Type.String(),
    ruleId: Type.String(),
    label: Type.String(),
    input: Type.Unsafe<FactValue>(Type.Any({ description: 'What it looks at; null = unknown.' })),
    observedAt: maybeText,
    earned: points,
    counted: points,
  },
  { additionalProperties: false },
);
const componentScore = Type.Object(
  { name: Type.String(), earned: points, counted: points, max: points, weightPercent: points },
  { additionalProperties: false },
);
const receipt = Type.Object(
  {
    total: Type.Integer(),
    tier: Type.String(),
    segment: Type.String(),
    mqlBy: Type.Array(Type.String(), { description: 'Labels of the triggers that hold.' }),
    confidence: Type.Integer(),
    action: maybeText,
    reason: Type.String(),
    components: Type.Array(componentScore),
    lines: Type.Array(line),
  },
  { $id: 'DraftReceipt', title: 'Receipt by live and draft', additionalProperties: false },
);
export const receiptForm = receipt;
export type Receipt = Static<typeof receipt>;
const maybeReceipt = Type.Union([Type.Ref('DraftReceipt#'), Type.Null()], {
  description: 'Null = the profile scores signups, and the lead is none.',
});
export const twoReceipts = Type.Object(
  { lead: found, live: maybeReceipt, draft: maybeReceipt },
  { additionalProperties: false },
);
export interface TwoReceipts {
  readonly lead: FoundLead;
  readonly live: Receipt | null;
  readonly draft: Receipt | null;
}

export const inProfile = Type.Object({ org: slugForm, kind });
export const inVersion = Type.Object({ org: slugForm, kind, version: Type.Integer({ minimum: 1 }) });
export const versionQuery = Type.Object(pageQuery);

const example = Type.Object(exampleFields, { additionalProperties: false });
export type ProfileExample = Static<typeof example>;
const examples = Type.Array(example, { maxItems: maxExamples });
export const testList = Type.Object({ tests: examples, revision: Type.Integer() }, { additionalProperties: false });
export interface TestList {
  readonly tests: readonly ProfileExample[];
  readonly revision: number;
}
export const testsWish = Type.Object({ tests: examples }, { additionalProperties: false });
export const savedTests = Type.Object({ revision: Type.Integer() }, { additionalProperties: false });
export type SavedTests = Static<typeof savedTests>;
export const runWish = Type.Object({ profile: definition, tests: examples }, { additionalProperties: false });
const result = Type.Object(
  {
    name: Type.String(),
    total: Type.Integer(),
    tier: Type.String(),
    qualifies: Type.Boolean(),
    passes: Type.Boolean(),
  },
  { additionalProperties: false },
);
export const testResults = Type.Object({ results: Type.Array(result) }, { additionalProperties: false });
export type TestResults = Static<typeof testResults>;

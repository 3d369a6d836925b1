import { type Static, type TSchema, Type } from 'typebox';
import { inOrg, instant, nextPage, pageQuery } from '../forms.ts';

const strict = { additionalProperties: false };
const orNull = <Form extends TSchema>(form: Form) => Type.Union([form, Type.Null()]);
const text = Type.String();
const maybeText = orNull(text);
const maybeInstant = orNull(instant);
const uuid = Type.String({ format: 'uuid' });
const value = Type.Union([text, Type.Number(), Type.Boolean(), Type.Null(), Type.Array(text)]);

const status = Type.Enum(['new', 'engaged', 'mql', 'sql', 'opportunity', 'disqualified', 'recycled']);
const profileKind = Type.Enum(['mql', 'plg']);

export const leadQuery = Type.Object(
  {
    ...pageQuery,
    search: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'Words of name, address, title or company; or just an address, our id or an id of a CRM.',
        examples: ['lovelace'],
      }),
    ),
    status: Type.Optional(status),
    tier: Type.Optional(Type.String({ maxLength: 100, description: 'Of the marketing profile.', examples: ['hot'] })),
    segment: Type.Optional(Type.String({ maxLength: 100, examples: ['Enterprise'] })),
    connection: Type.Optional(
      Type.String({ maxLength: 100, description: 'With a record in this CRM.', examples: ['acme-hubspot'] }),
    ),
  },
  strict,
);

export const leadLine = Type.Object(
  {
    id: uuid,
    name: maybeText,
    email: maybeText,
    companyName: maybeText,
    title: maybeText,
    status,
    segment: maybeText,
    score: Type.Integer({ description: 'Of the marketing profile, 0 to 100.' }),
    tier: maybeText,
    reason: orNull(Type.String({ description: 'The score in one sentence.' })),
    mqlAt: maybeInstant,
  },
  { $id: 'LeadLine', title: 'Lead in a list', ...strict },
);
export type LeadLine = Static<typeof leadLine>;

const connectionName = Type.Object({ name: text, kind: text }, strict);

export const leadList = Type.Object(
  {
    leads: Type.Array(Type.Ref('LeadLine#')),
    next: nextPage,
    exact: Type.Union([Type.Ref('LeadLine#'), Type.Null()], {
      description: 'Who has just the id or address that was searched for; on the first page only.',
    }),
    tiers: Type.Array(text),
    segments: Type.Array(text),
    connections: Type.Array(connectionName),
  },
  strict,
);
export interface LeadList {
  readonly leads: readonly LeadLine[];
  readonly next: string | null;
  readonly exact: LeadLine | null;
  readonly tiers: readonly string[];
  readonly segments: readonly string[];
  readonly connections: readonly Static<typeof connectionName>[];
}

export const inLead = Type.Object({ ...inOrg.properties, lead: uuid });

const component = Type.Object(
  {
    name: text,
    earned: Type.Number({ description: 'Points of its rules.' }),
    counted: Type.Number({ description: 'Of these, what its maximum leaves.' }),
    max: Type.Number(),
    weightPercent: Type.Number(),
  },
  strict,
);
const contribution = Type.Object(
  {
    component: text,
    ruleId: text,
    label: text,
    input: value,
    observedAt: maybeInstant,
    earned: Type.Number(),
    counted: Type.Number(),
  },
  strict,
);
export const receiptForm = Type.Object(
  {
    leadId: uuid,
    profile: Type.Object({ kind: profileKind, name: text, version: Type.Integer() }, strict),
    scoredAt: instant,
    total: Type.Integer(),
    tier: text,
    segment: text,
    mqlBy: Type.Array(text),
    components: Type.Array(component),
    contributions: Type.Array(contribution),
    confidence: Type.Integer({ description: 'Percent of the weight that rests on known facts.' }),
    action: maybeText,
    reason: text,
  },
  { $id: 'Receipt', title: 'Receipt', description: 'A score, and where each of its points comes from.', ...strict },
);
export type Receipt = Static<typeof receiptForm>;
const receipt = Type.Unsafe<Receipt>(Type.Ref('Receipt#'));

const place = { connection: text, object: text, externalId: text };
const said = Type.Object(
  { ...place, from: Type.Array(Type.Object({ name: text, raw: value }, strict)), value },
  { description: 'What one CRM record says, in its own fields.', ...strict },
);
const field = Type.Object(
  {
    field: text,
    value,
    source: Type.Enum(['record', 'events', 'signup', 'kept']),
    said: orNull(said),
    others: Type.Array(said),
  },
  strict,
);
export type LeadField = Static<typeof field>;

const fault = Type.Object({ stage: text, field: text, code: text, message: text, effect: text }, strict);
const record = Type.Object(
  {
    ...place,
    kind: Type.Enum(['lead', 'company']),
    modifiedAt: instant,
    firstSeenAt: instant,
    goneAt: maybeInstant,
    goneReason: maybeText,
    successorId: maybeText,
    aliases: Type.Array(text),
    faults: Type.Array(fault),
  },
  strict,
);
export type LeadRecord = Static<typeof record>;

const crmField = Type.Object({ name: text, of: maybeText, wanted: value, has: value, agrees: Type.Boolean() }, strict);
const crmRecord = Type.Object(
  {
    ...place,
    state: Type.Enum(['settled', 'pending', 'claimed', 'dead']),
    lastError: maybeText,
    availableAt: instant,
    pushedAt: maybeInstant,
    fields: Type.Array(crmField),
  },
  strict,
);
export type CrmRecord = Static<typeof crmRecord>;

const gate = Type.Object(
  {
    gate: Type.Enum(['read', 'matched', 'qualified', 'written']),
    code: text,
    connection: maybeText,
    object: maybeText,
    externalId: maybeText,
    reason: text,
    remedy: text,
    setting: Type.Enum(['connections', 'settings', 'mapping', 'scoring', 'runs', 'crm']),
  },
  { description: 'What said no first, and where that is changed.', ...strict },
);
export type LeadGate = Static<typeof gate>;

const cause = Type.Union([
  Type.Object({ type: Type.Literal('trigger'), triggerIds: Type.Array(text) }),
  Type.Object({ type: Type.Literal('engagement') }),
  Type.Object({ type: Type.Literal('crm'), connectionId: uuid, value: text }),
  Type.Object({ type: Type.Literal('operator'), actor: text, note: text }),
]);
const transition = Type.Object(
  { leadId: uuid, from: status, to: status, at: instant, cause, episode: Type.Integer() },
  strict,
);
export type LeadTransition = Static<typeof transition>;

const event = Type.Object({ type: text, occurredAt: instant, quantity: Type.Integer(), detail: maybeText }, strict);

const scoreChange = Type.Object(
  {
    kind: profileKind,
    before: orNull(Type.Integer()),
    total: Type.Integer(),
    tierBefore: maybeText,
    tier: text,
    reason: text,
    at: instant,
  },
  strict,
);
export type ScoreChange = Static<typeof scoreChange>;

const ledgerLine = Type.Object(
  {
    id: Type.Integer(),
    ...place,
    field: text,
    before: value,
    after: value,
    why: text,
    sentAt: instant,
    settledAt: maybeInstant,
    outcome: orNull(Type.Enum(['applied', 'kept', 'deferred', 'rejected', 'gone'])),
    outcomeReason: maybeText,
  },
  strict,
);
export type LedgerLine = Static<typeof ledgerLine>;

const signup = Type.Object(
  {
    id: uuid,
    signedUpAt: instant,
    source: maybeText,
    companyDomain: maybeText,
    isCompanyEmail: Type.Boolean(),
    usageAt: maybeInstant,
    breakdown: receipt,
  },
  strict,
);
const account = Type.Object(
  {
    domain: text,
    companyName: maybeText,
    people: Type.Integer(),
    topSharePct: orNull(Type.Number()),
    topName: maybeText,
    breakdown: receipt,
  },
  strict,
);

const missing = Type.Object(
  { id: text, label: text, reached: Type.Number({ description: '0 to 1.' }), needs: text },
  strict,
);

export const leadAnswer = Type.Object(
  {
    lead: Type.Object(
      {
        id: uuid,
        name: maybeText,
        email: maybeText,
        companyName: maybeText,
        title: maybeText,
        status,
        segment: maybeText,
        mqlAt: maybeInstant,
        sqlAt: maybeInstant,
        opportunityAt: maybeInstant,
        createdAt: instant,
        erasedAt: maybeInstant,
        owner: maybeText,
        opportunity: orNull(Type.Object({ name: maybeText, stage: maybeText }, strict)),
        absorbed: Type.Array(uuid, { description: 'Leads that were found to be the same person.' }),
        mergedInto: {
          ...orNull(uuid),
          description: 'The lead that this one was found to be the same person as: all that goes on is there.',
        },
      },
      strict,
    ),
    receipts: Type.Array(receipt),
    signups: Type.Array(signup),
    account: orNull(account),
    triggers: Type.Object({ held: Type.Array(text), missing: Type.Array(missing) }, strict),
    whyNot: Type.Array(gate),
    fields: Type.Array(field),
    records: Type.Array(record),
    crm: Type.Array(crmRecord),
    transitions: Type.Array(transition),
    events: Type.Array(event),
    history: Type.Array(scoreChange),
    ledger: Type.Array(ledgerLine),
  },
  { $id: 'Lead', title: 'Lead', ...strict },
);
export type LeadAnswer = Static<typeof leadAnswer>;

export const crmAnswer = Type.Object(
  {
    readAt: maybeInstant,
    problem: orNull(Type.String({ description: 'Why a CRM did not answer.' })),
    records: Type.Array(
      Type.Object({ ...place, fields: Type.Array(crmField) }, { description: 'As the CRM has it now.', ...strict }),
    ),
  },
  strict,
);
export type CrmAnswer = Static<typeof crmAnswer>;

import { type Static, Type } from 'typebox';
import { segments } from '../model/lead.ts';
import { profileKinds } from '../model/profile.ts';
import { exampleFields, maxExamples } from './schema-example.ts';
import { closed } from './schema-parts.ts';

const fact = Type.String({ minLength: 1, description: 'the name of a fact, such as email_opens' });
const points = Type.Number({ description: 'a number of points' });
const text = (description: string) => Type.String({ minLength: 1, description });
/** Conditions hold conditions, so they have an address: where JSON Schema looks for it in the file that stands alone. */
const conditionAddress = '#/$defs/condition';
const conditionReference = Type.Ref(conditionAddress);
const conditions = Type.Array(conditionReference, { minItems: 1, description: 'a list of conditions' });

const conditionSchema = Type.Union(
  [
    closed({ of: fact, atLeast: Type.Number({ description: 'a number' }) }, 'the number reaches this'),
    closed({ of: fact, below: Type.Number({ description: 'a number' }) }, 'the number is below this'),
    closed(
      {
        of: fact,
        equals: Type.Union([Type.String(), Type.Number(), Type.Boolean()], {
          description: 'a text, a number, true or false',
        }),
      },
      'the fact is exactly this',
    ),
    closed(
      { of: fact, in: Type.Array(Type.String(), { minItems: 1, description: 'a list of texts' }) },
      'the fact is one of these',
    ),
    closed({ of: fact, contains: text('a text') }, 'the text contains this'),
    closed({ of: fact, known: Type.Boolean({ description: 'true or false' }) }, 'the fact is known, or is not'),
    closed({ all: conditions }, 'all of these hold'),
    closed({ any: conditions }, 'any one of these holds'),
    closed({ not: conditionReference }, 'this does not hold'),
  ],
  {
    description:
      'a condition: { of: fact, atLeast | below | equals | in | contains | known: value }, { all: […] }, { any: […] } or { not: … }',
  },
);

/** For the option `$defs` of a schema that stands alone. */
export const definitions = { condition: conditionSchema };
/** The same by address, for those who check a part. */
export const addresses = { [conditionAddress]: conditionSchema };

const decay = Type.Union(
  [
    closed(
      { halfLifeDays: Type.Number({ exclusiveMinimum: 0, description: 'days above 0' }) },
      'counts half after so many days',
    ),
    closed(
      { windowDays: Type.Number({ exclusiveMinimum: 0, description: 'days above 0' }) },
      'counts nothing after so many days',
    ),
  ],
  { description: '{ halfLifeDays: days } or { windowDays: days }' },
);

const base = {
  id: text('a stable name, unique in the profile'),
  label: text('what a sales rep reads'),
  cap: Type.Optional(
    Type.Union([Type.Number(), Type.Null()], {
      default: null,
      description: 'the most points of this rule; left out = no cap',
    }),
  ),
  decay: Type.Optional(
    Type.Union([decay, Type.Null()], {
      default: null,
      description: 'what is old counts less; left out = it does not',
    }),
  ),
};
const step = closed({ atLeast: Type.Number({ description: 'a number' }), points }, 'a step: { atLeast, points }');
const word = closed({ phrase: text('whole words'), points }, 'a phrase: { phrase, points }');

const rule = Type.Union(
  [
    closed(
      {
        type: Type.Enum(['per-unit'], { description: 'per-unit' }),
        ...base,
        of: fact,
        points,
      },
      'points for each unit of a number',
    ),
    closed(
      {
        type: Type.Enum(['tier'], { description: 'tier' }),
        ...base,
        of: fact,
        steps: Type.Array(step, { minItems: 1, description: 'a list of steps' }),
      },
      'the points of the highest step reached',
    ),
    closed(
      {
        type: Type.Enum(['match'], { description: 'match' }),
        ...base,
        of: fact,
        words: Type.Array(word, { minItems: 1, description: 'a list of phrases' }),
      },
      'the points of the best phrase in a text',
    ),
    closed(
      { type: Type.Enum(['flag'], { description: 'flag' }), ...base, when: conditionReference, points },
      'points while a condition holds',
    ),
  ],
  { description: 'a rule with type: per-unit, tier, match or flag' },
);

const component = closed(
  {
    name: text('a name'),
    max: Type.Number({ description: 'the most points of the component' }),
    weightPercent: Type.Optional(
      Type.Number({ default: 100, description: 'its share in the total: 100 counts it whole, 25 a quarter' }),
    ),
    rules: Type.Array(rule, { description: 'a list of rules' }),
  },
  'a component: { name, max, weightPercent, rules }',
);

const line = closed(
  {
    when: Type.Optional(
      Type.Union([conditionReference, Type.Null()], { default: null, description: 'left out = it always applies' }),
    ),
    say: text('a sentence; { } around the name of a fact puts the fact in its place'),
  },
  'a line: { when, say }',
);
const lines = (description: string) => Type.Optional(Type.Array(line, { default: [], description }));

const action = closed(
  {
    who: lines('lines about who it is; the first that applies is said'),
    whyNow: lines('lines about why it is now; the first that applies is said'),
    whatToDo: lines('lines about what to do; the first that applies is said'),
  },
  'an action: { who, whyNow, whatToDo }',
);

const profileFields = {
  kind: Type.Enum([...profileKinds], { description: 'mql or plg' }),
  name: text('a name'),
  version: Type.Optional(
    Type.Integer({ minimum: 1, default: 1, description: 'only shown; each change is numbered when it is applied' }),
  ),
  components: Type.Array(component, { minItems: 1, description: 'a list of components' }),
  tiers: Type.Array(
    closed({ tier: text('a name'), atLeast: Type.Number({ description: 'a number' }) }, 'a tier: { tier, atLeast }'),
    { minItems: 1, description: 'a list of tiers, highest first' },
  ),
  triggers: Type.Optional(
    Type.Array(
      closed(
        { id: text('a stable name'), label: text('what a sales rep reads'), when: conditionReference },
        'a trigger: { id, label, when }',
      ),
      { default: [], description: 'any one of these makes a lead an MQL' },
    ),
  ),
  segments: Type.Optional(
    Type.Array(
      closed(
        {
          segment: Type.Enum([...segments], { description: 'a segment' }),
          when: conditionReference,
        },
        'a segment: { segment, when }',
      ),
      { default: [], description: 'the first that matches; none matches = unknown' },
    ),
  ),
  action: Type.Optional(
    Type.Union([action, Type.Null()], {
      default: null,
      description: 'what to suggest, of the kind plg only; left out = nothing',
    }),
  ),
};

/** What the console edits: its examples are saved apart. */
export const profileSchema = closed(
  profileFields,
  'a scoring profile: { kind, name, components, tiers, triggers, segments, action }',
  { $defs: definitions },
);

const { name, facts, total, tier, qualifies } = exampleFields;
const example = closed(
  {
    name,
    facts,
    total: Type.Optional(total),
    tier: Type.Optional(tier),
    qualifies: Type.Optional(qualifies),
  },
  'an example: { name, facts, total, tier, qualifies }',
);

export const profileFileSchema = closed(
  {
    ...profileFields,
    examples: Type.Optional(
      Type.Array(example, {
        maxItems: maxExamples,
        description: `a list of at most ${maxExamples} people made up, with the score that they ought to have; left out = those that are there stay`,
      }),
    ),
  },
  'a scoring profile: { kind, name, components, tiers, triggers, segments, action, examples }',
  { $defs: definitions },
);

export type ProfileFile = Static<typeof profileFileSchema>;

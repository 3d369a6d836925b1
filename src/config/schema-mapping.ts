import { type Static, Type } from 'typebox';
import { engagementTypes } from '../model/engagement.ts';
import { companyFields, companyOutputs, counterFields, mappedFieldNames, outputFields } from '../model/lead.ts';
import { closed } from './schema-parts.ts';

const crmField = Type.String({ minLength: 1, description: 'the name of a CRM field' });

const argument = (description: string) => Type.Optional(Type.Unknown({ description }));

/** `{ concat: ' ' }`; what each argument must be is judged where conversions are read, in mapping/parse.ts. */
const transformWithArgument = closed(
  {
    values: argument('{ CRM value: our value }; what is not listed is unknown, unless `otherwise` says more'),
    otherwise: argument('with values: a text for all others, or keep'),
    regex: argument('a pattern: its group replaces the value'),
    group: argument('with regex: which group, 1 where it is left out'),
    split: argument('a separator: one part replaces the value'),
    index: argument('with split: which part, from 0'),
    concat: argument('the text between the parts'),
    truncate: argument('the most characters'),
    contains: argument('a text: true where the value contains it'),
    matches: argument('a pattern: true where the value matches it'),
  },
  'a conversion with its argument: { concat: " " }',
);

const plainTransforms = [
  'trim',
  'lower',
  'upper',
  'title',
  'integer',
  'number',
  'boolean',
  'date',
  'datetime',
  'coalesce',
  'state',
  'domain',
] as const;

const transform = Type.Union(
  [Type.Enum([...plainTransforms], { description: 'the name of a conversion' }), transformWithArgument],
  {
    description: 'a conversion: a name (trim) or a name with its argument ({ concat: " " })',
  },
);

export const inRuleSchema = closed(
  {
    from: Type.Union([crmField, Type.Array(crmField, { minItems: 1 })], {
      description: 'a CRM field, or a list of them',
    }),
    to: Type.Enum([...mappedFieldNames], {
      description: `the field that it fills, of the lead; from a company’s record also ${Object.keys(companyFields).join(', ')}`,
    }),
    transform: Type.Optional(
      Type.Union([transform, Type.Array(transform, { description: 'a list of conversions' })], {
        description: 'a conversion, or a list of them that is run from left to right',
      }),
    ),
    onInvalid: Type.Optional(
      Type.Union([Type.Enum(['null', 'reject'], { description: '"null" or reject' }), Type.Null()], {
        default: 'null',
        description: 'what a value that cannot be converted does: become unknown ("null"), or reject the record',
      }),
    ),
    blank: Type.Optional(
      Type.Enum(['keep', 'clear'], { default: 'keep', description: 'what a blank CRM value does to a known one' }),
    ),
    conflict: Type.Optional(
      Type.Enum(['crm', 'ours', 'crm-unless-blank', 'newest'], {
        default: 'crm',
        description: 'who wins when both sides know a value',
      }),
    ),
  },
  'a rule: { from: CRM field, to: field of ours }',
);

export const outRuleSchema = closed(
  {
    from: Type.Enum([...outputFields], {
      description: `the value that is written; to a company only ${companyOutputs.join(', ')}`,
    }),
    to: crmField,
    write: Type.Optional(
      Type.Enum(['always', 'if-blank', 'if-ours', 'forward', 'never'], {
        default: 'always',
        description: 'when it is written',
      }),
    ),
    values: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'our value → the CRM’s; a value that is not listed is not written',
      }),
    ),
  },
  'a rule: { from: our value, to: CRM field }',
);

const objectSchema = closed(
  {
    in: Type.Optional(Type.Array(inRuleSchema, { description: 'what is read; left out = the connector’s default' })),
    out: Type.Optional(
      Type.Array(outRuleSchema, { description: 'what is written; left out = the connector’s default' }),
    ),
  },
  'the rules of one CRM object: { in: […], out: […] }',
);

const counter = Type.Optional(
  Type.Enum(['crm', 'events'], { description: 'the one source of this counter: the CRM’s own total, or dated events' }),
);

export const mappingFileSchema = closed(
  {
    objects: Type.Optional(
      Type.Record(Type.String(), objectSchema, {
        description:
          'CRM object → rules; an object that is left out keeps the connector’s default, `{ in: [], out: [] }` maps nothing',
      }),
    ),
    counters: Type.Optional(
      closed(
        Object.fromEntries(counterFields.map((field) => [field, counter])) as Record<
          (typeof counterFields)[number],
          typeof counter
        >,
        'the source of each counter',
      ),
    ),
    events: Type.Optional(
      Type.Array(
        closed(
          {
            object: Type.String({ minLength: 1, description: 'the CRM object that the event comes from' }),
            contains: Type.Optional(
              Type.Union(
                [
                  Type.String({ description: 'a text' }),
                  Type.Record(Type.String(), Type.String(), { minProperties: 1, description: '{ field: text }' }),
                ],
                {
                  default: '',
                  description:
                    'a text in anything that it says of itself (empty matches all), or { field: text } where each must match',
                },
              ),
            ),
            type: Type.Enum([...engagementTypes, 'nothing'], { description: 'what it counts as' }),
          },
          'a rule: { object, contains, type }',
        ),
        { description: 'what forms, campaign responses and logged activities count as: first match wins' },
      ),
    ),
  },
  'a field mapping: { objects, counters, events }',
);

export type MappingFile = Static<typeof mappingFileSchema>;
export type MappingFileObject = Static<typeof objectSchema>;
export type InRuleFile = Static<typeof inRuleSchema>;
export type OutRuleFile = Static<typeof outRuleSchema>;

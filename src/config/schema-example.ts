/** An example of a scoring profile, in files and in the API alike. */
import { Type } from 'typebox';
import type { Fields } from '../model/values.ts';

const factValue = Type.Union(
  [
    Type.String({ maxLength: 1000, description: 'a text of at most 1000 characters' }),
    Type.Number(),
    Type.Boolean(),
    Type.Null(),
    Type.Array(Type.String({ maxLength: 200, description: 'a text of at most 200 characters' }), {
      maxItems: 100,
      description: 'a list of at most 100 texts',
    }),
  ],
  { description: 'a text, a number, true, false, null or a list of texts' },
);

export const exampleFields = {
  name: Type.String({ minLength: 1, maxLength: 100, description: 'a name of at most 100 characters' }),
  facts: Type.Unsafe<Fields>(
    Type.Record(Type.String({ maxLength: 100 }), factValue, {
      maxProperties: 100,
      description: 'what is known of somebody made up, seen just now: at most 100 facts',
    }),
  ),
  total: Type.Union([Type.Integer({ minimum: 0, maximum: 100 }), Type.Null()], {
    description: 'a whole number from 0 to 100; null = left open',
  }),
  tier: Type.Union([Type.String({ maxLength: 100 }), Type.Null()], {
    description: 'the name of a tier; null = left open',
  }),
  qualifies: Type.Union([Type.Boolean(), Type.Null()], {
    description: 'true or false: whether an MQL trigger holds; null = left open',
  }),
};

export const maxExamples = 100;

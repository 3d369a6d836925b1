import { type Static, Type } from 'typebox';
import { ingestKinds } from '../ingest/rows.ts';
import { closed, nameSchema, scheduleSchema, secretReferenceSchema } from './schema-parts.ts';

export const sourceSchema = closed(
  {
    name: nameSchema,
    kind: Type.Enum([...ingestKinds], { description: `what its rows are: ${ingestKinds.join(', ')}` }),
    database: secretReferenceSchema,
    query: Type.String({
      minLength: 1,
      description: 'one SELECT; $1 is the greatest value of since.column that was read',
    }),
    since: Type.Optional(
      closed(
        {
          column: Type.String({
            minLength: 1,
            description: 'a column of the result that only grows, such as when a row was written',
          }),
          first: Type.Union([Type.String({ minLength: 1 }), Type.Number()], {
            description: '$1 while nothing has been read yet',
          }),
        },
        'since: { column, first }; read only what is new; left out = the whole query each time',
      ),
    ),
    columns: Type.Optional(
      Type.Record(Type.String(), Type.String({ minLength: 1 }), {
        description: 'our field → the column of the result, where the names differ',
      }),
    ),
    schedule: Type.Optional(scheduleSchema('when to read')),
    timezone: Type.Optional(
      Type.String({ default: 'UTC', description: 'the time zone of the schedule, such as Europe/Berlin' }),
    ),
  },
  'a source: { name, kind, database, query, … }',
);

export type SourceFile = Static<typeof sourceSchema>;

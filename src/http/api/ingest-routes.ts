import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { maxRows } from '../../ingest/ingest-rows.ts';
import { type IngestKind, ingestKinds, rowForms, rowSchema } from '../../ingest/rows.ts';
import { callerOf } from './admit.ts';
import type { ApiOptions } from './api-port.ts';
import { bodyTypes, type SentRows } from './body.ts';
import { answered, problems, secured } from './describe.ts';
import { invalidKey, maxBodyBytes, unreadable } from './problem.ts';

const outcome = Type.Enum(['created', 'updated', 'unchanged', 'rejected']);
const count = (description: string) => Type.Integer({ minimum: 0, description });

const answerSchema = Type.Object(
  {
    received: count('Rows that were sent.'),
    created: count('Rows that were not known.'),
    updated: count('Rows that said something else than before.'),
    unchanged: count('Rows that said what was known; nothing was written.'),
    rejected: Type.Array(
      Type.Object(
        {
          index: count('The place of the row, from 0.'),
          field: Type.Union([Type.String(), Type.Null()], { description: 'Null = the row as a whole.' }),
          code: Type.String({ description: 'Stable.' }),
          message: Type.String({ description: 'Why. Never quotes a value.' }),
        },
        { additionalProperties: false },
      ),
      { description: 'Rows that were left out; the others have landed.' },
    ),
    outcomes: Type.Array(outcome, { description: 'What came of each row, in order.' }),
  },
  { $id: 'TakenIn', title: 'Taken in', additionalProperties: false },
);

const headers = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        'A name for this very request, such as a UUID. Sent again within 24 hours it gets the same answer, with the header idempotent-replayed: true, and changes nothing.',
    }),
  ),
});

/** POST /api/v1/ingest/KIND */
export function ingestRoutes(app: FastifyInstance, { api, now, log }: ApiOptions): void {
  app.addSchema(answerSchema);
  for (const kind of ingestKinds) {
    app.addSchema({ ...rowSchema(kind), $id: rowForms[kind].name });
    app.post(
      `/v1/ingest/${kind}`,
      { bodyLimit: maxBodyBytes, config: { access: 'ingest' }, schema: schemaOf(kind) },
      async (request, reply) => {
        const startedAt = now().getTime();
        const key = keyOf(request.headers['idempotency-key']);
        const { orgId } = callerOf(request);
        const sent = request.body as SentRows | null | undefined;
        // Without a type, so nothing has read it.
        if (!sent) throw unreadable('There is no body.');
        const { rows, bodyHash } = sent;
        const { answer, isReplayed } = await api.takeIn(orgId, { kind, rows, bodyHash, key });
        const { rejected, outcomes: _, ...counts } = answer;
        const ms = now().getTime() - startedAt;
        log('info', 'rows came in', { kind, orgId, ...counts, rejected: rejected.length, isReplayed, ms });
        if (isReplayed) void reply.header('idempotent-replayed', 'true');
        return answer;
      },
    );
  }
}

function schemaOf(kind: IngestKind) {
  const { name, title, description, example } = rowForms[kind];
  const rows = Type.Array(Type.Ref(`${name}#`), { maxItems: maxRows });
  const wrapped = Type.Object({ rows }, { additionalProperties: false });
  return {
    operationId: `ingest-${kind}`,
    summary: `Take in ${title.toLowerCase()} rows`,
    description: `${description}\n\nUp to ${maxRows.toLocaleString('en-US')} rows and ${maxBodyBytes / 1024 / 1024} MB a call. The same rows again change nothing. Text that holds a number or a date is taken for one.`,
    tags: ['ingest'],
    security: secured('ingest'),
    headers,
    body: {
      content: {
        [bodyTypes.json]: { schema: Type.Union([rows, wrapped], { 'x-examples': examplesOf(example) }) },
        [bodyTypes.ndjson]: {
          schema: Type.String({ description: 'One row a line.', examples: [`${JSON.stringify(example)}\n`] }),
        },
      },
    },
    response: {
      200: answered('What came of each row.', Type.Ref('TakenIn#')),
      ...problems(400, 401, 403, 413, 415, 422, 503),
    },
  };
}

function examplesOf(example: object) {
  return {
    list: { summary: 'A list of rows', value: [example] },
    rows: { summary: 'Rows by name, one of them unusable', value: { rows: [example, { ...example, surprise: true }] } },
  };
}

/** @throws AppError `idempotency-key-invalid` (fix-config) */
function keyOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,255}$/u.test(header)) throw invalidKey();
  return header;
}

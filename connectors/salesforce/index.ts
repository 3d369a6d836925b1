import {
  abortable,
  defineConnector,
  PermissionError,
  RequestError,
  type Connector,
  type ConnectorError,
  type PullBatch,
  type PullRequest,
  type PushOutcome,
  type PushRequest,
} from 'leadloop/connector-sdk';
import { check } from './check.ts';
import { createClient, type Context } from './client.ts';
import { encodeCursor } from './cursor.ts';
import { defaultMapping, ownedFields } from './default-mapping.ts';
import { ensureFields } from './fields.ts';
import { beginning, buckets, clockSkewMs } from './limits.ts';
import { objectNamed, objects } from './objects.ts';
import { pullOwners } from './owners.ts';
import { nothing, pullRecords } from './pull.ts';
import { pushChanges } from './push.ts';
import { readRecords } from './read.ts';
import { describe } from './schema.ts';
import { account, type Session } from './session.ts';
import { credentials, settings } from './settings.ts';

export const salesforce = defineConnector({
  kind: 'salesforce',
  label: 'Salesforce',
  settings,
  credentials,
  objects,
  limits: buckets,
  defaultMapping,
  ownedFields,
  startCursor: (_object, instant) =>
    encodeCursor({ kind: 'window', from: Math.max(beginning, instant.getTime() - clockSkewMs), end: null, at: null }),
  open,
});

const sources = { crm: pullRecords, owners: pullOwners } as const;

function open(context: Context): Connector {
  const client = createClient(context);
  const session: Session = { client, context };
  // One push after the other: two would wait for each other’s locks on the accounts that their records share.
  let writing: Promise<void> = Promise.resolve();
  return {
    account: async (signal) => (await account(session, signal)).id,
    check: (signal) => check(session, signal),
    describe: (object, signal) => describe(session, object, signal),
    ensureFields: (object, fields, signal) => ensureFields(session, object, fields, signal),
    pull: (request) => pull(session, request),
    read: async (request) => {
      await account(session, request.signal);
      return readRecords(session, request);
    },
    push(request) {
      const turn = writing.then(() => push(session, request));
      writing = turn.then(
        () => undefined,
        () => undefined,
      );
      return abortable(turn, request.signal);
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await Promise.resolve();
    },
  };
}

async function push(session: Session, request: PushRequest): Promise<readonly PushOutcome[]> {
  request.signal.throwIfAborted();
  await account(session, request.signal);
  return pushChanges(session, request);
}

async function* pull(session: Session, request: PullRequest): AsyncGenerator<PullBatch, void, void> {
  await account(session, request.signal);
  const object = objectNamed(request.object);
  const batches = sources[object.source](session, object, request);
  yield* object.optional ? whilePermitted(session, request, batches) : batches;
}

/** An optional object that we may not read ends where it stands, so that nothing is lost once the right is granted. */
async function* whilePermitted(
  { context }: Session,
  request: PullRequest,
  batches: AsyncGenerator<PullBatch, void, void>,
): AsyncGenerator<PullBatch, void, void> {
  let cursor = request.since ?? firstCursor(request);
  try {
    for await (const batch of batches) {
      cursor = batch.cursor;
      yield batch;
    }
  } catch (error) {
    if (!isOutOfReach(error)) throw error;
    context.log('warn', 'object left out', { object: request.object, why: error.message });
    yield { ...nothing, cursor, done: true };
  }
}

/** The right is missing, or this edition has no such object. */
function isOutOfReach(error: unknown): error is ConnectorError {
  return error instanceof PermissionError || (error instanceof RequestError && error.status === 404);
}

function firstCursor({ lane }: PullRequest): string {
  return lane === 'live' || lane === 'settled'
    ? encodeCursor({ kind: 'window', from: beginning, end: null, at: null })
    : encodeCursor({ kind: 'list', after: null });
}

import {
  abortable,
  defineConnector,
  inTurn,
  type Connector,
  type ConnectorError,
  type PullBatch,
  type PullRequest,
  type PushOutcome,
  type PushRequest,
  withinReach,
} from 'leadloop/connector-sdk';
import { check } from './check.ts';
import { createClient } from './client.ts';
import { consent } from './consent.ts';
import type { Context } from './context.ts';
import { encodeCursor } from './cursor.ts';
import { defaultMapping, ownedFields } from './default-mapping.ts';
import { withDeletions } from './engagement/deletions.ts';
import { ensureFields } from './fields.ts';
import { pullPass } from './full-pass.ts';
import { beginning, buckets, clockSkewMs } from './limits.ts';
import { objectNamed, objects, type SalesforceObject } from './objects.ts';
import { pullOwners } from './owners.ts';
import { pullWindows } from './pull.ts';
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
  webhooks: null,
  consent,
  startCursor: (_object, instant) =>
    encodeCursor({
      kind: 'window',
      from: Math.max(beginning, instant.getTime() - clockSkewMs),
      end: null,
      at: null,
      floor: 0,
    }),
  open,
});

const sources = { crm: pullRecords, owners: pullOwners } as const;

function open(context: Context): Connector {
  const client = createClient(context);
  const session: Session = { client, context };
  // One push after the other: two would wait for each other’s locks on the accounts that their records share.
  const writing = inTurn();
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
    push: (request) =>
      abortable(
        writing(() => push(session, request)),
        request.signal,
      ),
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
  const read = sources[object.source](session, object, request);
  const isPass = object.eventTexts.length > 0 && request.lane === 'full';
  const batches = isPass ? withDeletions(session, object, request, read) : read;
  const leftOut = ({ message }: ConnectorError): void =>
    session.context.log('warn', 'object left out', { object: object.object, why: message });
  yield* object.optional ? withinReach(batches, request.since ?? firstCursor(request), leftOut) : batches;
}

function pullRecords(
  session: Session,
  object: SalesforceObject,
  request: PullRequest,
): AsyncGenerator<PullBatch, void, void> {
  return isWalk(request) ? pullWindows(session, object, request) : pullPass(session, object, request);
}

/** Through time; the other lanes list everything. */
function isWalk({ lane }: PullRequest): boolean {
  return lane === 'live' || lane === 'settled';
}

function firstCursor(request: PullRequest): string {
  return isWalk(request)
    ? encodeCursor({ kind: 'window', from: beginning, end: null, at: null, floor: 0 })
    : encodeCursor({ kind: 'list', after: null });
}

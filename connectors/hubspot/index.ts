import {
  defineConnector,
  type Connector,
  type ConnectorError,
  type PullBatch,
  type PullRequest,
  withinReach,
} from 'leadloop/connector-sdk';
import { check } from './check.ts';
import { createClient } from './client.ts';
import { consent } from './consent.ts';
import type { Context } from './context.ts';
import { encodeCursor } from './cursor.ts';
import { defaultMapping, ownedFields } from './default-mapping.ts';
import { pullEmailEvents } from './email-events.ts';
import { pullForms } from './forms.ts';
import { beginning, buckets, clockSkewMs } from './limits.ts';
import { objectNamed, objects } from './objects.ts';
import { pullOwners } from './owners.ts';
import { pullRecords } from './pull.ts';
import { pushChanges } from './push.ts';
import { readRecords } from './read.ts';
import { describe, ensureFields } from './schema.ts';
import { account, type Session } from './session.ts';
import { credentials, settings } from './settings.ts';
import { webhooks } from './webhooks.ts';

export const hubspot = defineConnector({
  kind: 'hubspot',
  label: 'HubSpot',
  settings,
  credentials,
  objects,
  limits: buckets,
  defaultMapping,
  ownedFields,
  webhooks,
  consent,
  startCursor: (_object, instant) =>
    encodeCursor({ kind: 'window', from: Math.max(beginning, instant.getTime() - clockSkewMs), end: null, at: '' }),
  open,
});

const sources = { crm: pullRecords, owners: pullOwners, forms: pullForms, 'email-events': pullEmailEvents } as const;

function open(context: Context): Connector {
  const client = createClient(context);
  const session: Session = { client, context };
  return {
    account: async (signal) => String((await account(session, signal)).portalId),
    check: (signal) => check(session, signal),
    describe: (object, signal) => describe(session, object, signal),
    ensureFields: (object, fields, signal) => ensureFields(session, object, fields, signal),
    pull: (request) => pull(session, request),
    read: async (request) => {
      await account(session, request.signal);
      return readRecords(session, request);
    },
    push: async (request) => {
      await account(session, request.signal);
      return pushChanges(session, request);
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await Promise.resolve();
    },
  };
}

async function* pull(session: Session, request: PullRequest): AsyncGenerator<PullBatch, void, void> {
  await account(session, request.signal);
  const object = objectNamed(request.object);
  const batches = sources[object.source](session, object, request);
  const leftOut = ({ message }: ConnectorError): void =>
    session.context.log('warn', 'object left out', { object: object.object, why: message });
  yield* object.optional ? withinReach(batches, request.since ?? firstCursor(request), leftOut) : batches;
}

function firstCursor({ lane }: PullRequest): string {
  return lane === 'live' || lane === 'settled'
    ? encodeCursor({ kind: 'window', from: beginning, end: null, at: '' })
    : encodeCursor({ kind: 'list', after: null });
}

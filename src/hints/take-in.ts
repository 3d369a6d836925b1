import type { ConnectorDefinition } from '../connector-sdk/connector.ts';
import type { ChangeHint, WebhookCapability, WebhookRefusal, WebhookRequest } from '../connector-sdk/webhooks.ts';
import { readSealed } from '../db/queries/read-connection.ts';
import { saveHints } from '../db/queries/save-hints.ts';
import {
  findWebhookConnection,
  limitStatements,
  readAccount,
  type WebhookConnection,
} from '../db/queries/webhook-connection.ts';
import { countDelivery } from '../db/queries/webhook-counts.ts';
import { saveDelivery } from '../db/queries/webhook-deliveries.ts';
import type { Database, Tx } from '../db/tx.ts';
import type { ConnectionId, OrgId } from '../model/values.ts';
import type { Sealer } from '../secrets/seal.ts';

export interface HintServices {
  readonly database: Database;
  readonly definitions: readonly ConnectorDefinition[];
  readonly sealer: Sealer;
  readonly now: () => Date;
}

/** A call, and whose it says it is. */
export interface HookCall {
  /** The slug of an organisation. */
  readonly org: string;
  /** The name of a connection. */
  readonly connection: string;
  readonly request: WebhookRequest;
}

/** `unknown`: no such connection, or its CRM has no webhooks. */
export type TakenHints = Counted | { readonly verdict: 'unknown' };

type Counted =
  | {
      readonly verdict: 'accepted';
      readonly orgId: OrgId;
      readonly connectionId: ConnectionId;
      /** Stored, of whatever number of records. */
      readonly hints: number;
      /** Of another account than the connection's, and dropped. */
      readonly foreign: number;
    }
  | { readonly verdict: 'replayed' | 'unreadable' | WebhookRefusal };

/** Twice what a signature may be off: from the earliest to the latest moment at which the same bytes pass. */
const rememberedMs = 600_000;

/** Whoever called has been told to call again by then. */
const statementMs = 1_000;

/**
 * Takes a delivery in: hints, the mark against its repetition and its count commit together. Hints carry their fields, whether
 * the mapping reads them or not: it may be another mapping by the time they are attended to.
 */
export async function takeIn(services: HintServices, call: HookCall, signal: AbortSignal): Promise<TakenHints> {
  const found = await services.database.operator(async (tx) => {
    await limitStatements(tx, statementMs);
    return findWebhookConnection(tx, call.org, call.connection);
  });
  const webhooks = services.definitions.find(({ kind }) => kind === found?.kind)?.webhooks ?? null;
  if (found === null || webhooks === null) return { verdict: 'unknown' };
  const { orgId, id: connectionId } = found;
  const now = services.now();
  return services.database.transaction(
    orgId,
    async (tx) => {
      await limitStatements(tx, statementMs);
      const credentials = await credentialsOf(tx, services.sealer, found);
      const judged = judge(webhooks, { credentials, request: call.request, now });
      const taken = judged.verdict === 'accepted' ? await store(tx, found, { ...judged, now }) : judged;
      await countDelivery(tx, { connectionId, verdict: taken.verdict, now });
      return taken;
    },
    signal,
  );
}

/** Null = none are stored. */
async function credentialsOf(tx: Tx, sealer: Sealer, { orgId, id }: WebhookConnection): Promise<unknown> {
  const sealed = await readSealed(tx, id);
  return sealed === null ? null : JSON.parse(sealer.unseal(sealed, { orgId, connectionId: id }));
}

type Judged =
  | { readonly verdict: 'accepted'; readonly deliveryId: string; readonly hints: readonly ChangeHint[] }
  | { readonly verdict: 'unreadable' | WebhookRefusal };

/** PURE. */
function judge(
  webhooks: WebhookCapability,
  { credentials, request, now }: { credentials: unknown; request: WebhookRequest; now: Date },
): Judged {
  if (credentials === null) return { verdict: 'no-secret' };
  const verdict = webhooks.verify(request, credentials, now);
  if (verdict.status !== 'genuine') return { verdict: verdict.status };
  const hints = webhooks.read(request);
  return hints === null ? { verdict: 'unreadable' } : { verdict: 'accepted', deliveryId: verdict.deliveryId, hints };
}

/** A connection that has not run yet has nothing to refresh, and its account is not known: all hints are foreign to it. */
async function store(
  tx: Tx,
  { orgId, id: connectionId }: WebhookConnection,
  { deliveryId, hints, now }: { deliveryId: string; hints: readonly ChangeHint[]; now: Date },
): Promise<Counted> {
  const since = new Date(now.getTime() - rememberedMs);
  if (!(await saveDelivery(tx, { connectionId, deliveryId, now, since }))) return { verdict: 'replayed' };
  const accountId = await readAccount(tx, connectionId);
  const ours = hints.filter((hint) => hint.accountId === accountId);
  await saveHints(tx, connectionId, ours);
  return { verdict: 'accepted', orgId, connectionId, hints: ours.length, foreign: hints.length - ours.length };
}

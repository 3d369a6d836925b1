import type { ConnectorDefinition } from '../connector-sdk/connector.ts';
import { findRequest, lockRequest, saveRequest } from '../db/queries/ingest-requests.ts';
import { lockProductScores } from '../db/queries/lock-product-scores.ts';
import { readRules } from '../db/queries/read-rules.ts';
import type { Database, Tx } from '../db/tx.ts';
import { AppError } from '../model/errors.ts';
import type { OrgId } from '../model/values.ts';
import { scoringContext } from '../pull/prepare.ts';
import { answerOf, type IngestAnswer } from './answer.ts';
import { type Incoming, type Ingested, ingestRows } from './ingest-rows.ts';
import type { IngestKind } from './rows.ts';
import { readSource, type SourceRow } from './source-row.ts';

export interface IngestServices {
  readonly database: Database;
  readonly definitions: readonly ConnectorDefinition[];
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface IngestRequest {
  readonly kind: IngestKind;
  readonly rows: readonly SourceRow[];
  /** Of what was sent, byte by byte. */
  readonly bodyHash: string;
  /** By which the sender knows the request again; null = it does not. */
  readonly key: string | null;
}

export interface TakenIn {
  readonly answer: IngestAnswer;
  /** The answer is that of an earlier request with the same key. */
  readonly isReplayed: boolean;
}

/** How long a request is known again. */
const keptMs = 86_400_000;

/**
 * Takes a request in: rows, scores and the answer for its key, in one transaction.
 * @throws AppError `idempotency-key-reused` (fix-config)
 */
export async function takeIn(services: IngestServices, orgId: OrgId, request: IngestRequest): Promise<TakenIn> {
  const { kind, key, bodyHash } = request;
  const now = services.now();
  const rows = request.rows.map((source) => readSource(kind, source, now));
  return services.database.transaction(orgId, async (tx) => {
    if (key === null)
      return { answer: answerOf((await ingestAt(tx, services, now, { kind, rows })).outcomes), isReplayed: false };
    const since = new Date(now.getTime() - keptMs);
    await lockRequest(tx, key);
    const known = await findRequest(tx, key, since);
    if (known !== null) {
      if (known.kind !== kind || known.bodyHash !== bodyHash) throw reused();
      return { answer: known.answer as IngestAnswer, isReplayed: true };
    }
    const answer = answerOf((await ingestAt(tx, services, now, { kind, rows })).outcomes);
    await saveRequest(tx, key, { kind, bodyHash, answer }, { now, since });
    return { answer, isReplayed: false };
  });
}

/** Rows of one call, scored by the rules as they are. */
export async function ingestAt(
  tx: Tx,
  { definitions, newId }: Pick<IngestServices, 'definitions' | 'newId'>,
  at: Date,
  incoming: Incoming,
): Promise<Ingested> {
  // The turn first: rules that were read while somebody else had it may be old when it is ours.
  await lockProductScores(tx);
  const context = scoringContext(await readRules(tx), { orgId: tx.orgId, runId: newId(), at }, definitions);
  return ingestRows(tx, context, incoming);
}

function reused(): AppError {
  return new AppError('idempotency-key-reused', 'This Idempotency-Key came before, with another body.', {
    recovery: 'fix-config',
    remedy: 'Send each request with a key of its own, and the same key only to repeat the very same request.',
  });
}

/** One rejected record is looked at again, because a person asks for it. */
import { refusePausedReading, withoutQueue, type AskServices } from './ask-run.ts';
import type { ConnectorDefinition } from './connector-sdk/connector.ts';
import { openRejection, type OpenRejection, reviveDead } from './db/queries/read-rejected.ts';
import { saveHints } from './db/queries/save-hints.ts';
import { writeAudit } from './db/queries/write-audit.ts';
import { AppError } from './model/errors.ts';
import type { RejectedRecord } from './model/records.ts';
import type { OrgId } from './model/values.ts';

export interface RetryServices extends AskServices {
  readonly definitions: readonly ConnectorDefinition[];
}

/**
 * Notes that the record is to be read again, as a hint of its CRM would, and lets its refused write wait for the next push. Asked
 * for twice, it is read once. The name of its connection.
 * @throws AppError `queue-missing`, `rejected-unknown`, `rejected-unreadable` (fix-config), `connection-paused` (retry)
 */
export async function retryRecord(
  { database, definitions, now, wake }: RetryServices,
  { orgId, actor }: { readonly orgId: OrgId; readonly actor: string },
  id: number,
): Promise<string> {
  if (wake === null) throw withoutQueue();
  const rejection = await database.transaction(orgId, async (tx) => {
    const found = await openRejection(tx, id);
    if (found === null) throw unknownRejection();
    const { connectionId, connection, kind, object, externalId, stage } = found;
    if (!isRetryable(definitions, kind, found)) throw unreadable(found);
    await refusePausedReading(tx, { id: connectionId, name: connection, now: now() });
    if (stage === 'push') await reviveDead(tx, connectionId, { object, externalId }, now());
    await saveHints(tx, connectionId, [{ object, externalId, reason: 'changed', field: null }]);
    const entry = { actor, action: 'rejected.retry', subject: connection, after: { id, object, stage }, at: now() };
    await writeAudit(tx, entry);
    return found;
  });
  // One that is waiting already looks at this as well.
  await wake({ kind: 'hints', orgId, subjectId: rejection.connectionId, tickAt: null });
  return rejection.connection;
}

/** PURE. Whether a record can be read by its id: people and companies; what people did is found by its lanes. */
export function isRetryable(
  definitions: readonly ConnectorDefinition[],
  kind: string,
  { object, externalId }: Pick<RejectedRecord, 'object' | 'externalId'>,
): boolean {
  const objects = definitions.find((one) => one.kind === kind)?.objects ?? [];
  const found = objects.find((one) => one.object === object)?.kind;
  return externalId !== '' && (found === 'lead' || found === 'company');
}

function unknownRejection(): AppError {
  return new AppError('rejected-unknown', 'There is no such rejected record, or it has come right.', {
    recovery: 'fix-config',
    remedy: 'Load the list again.',
  });
}

function unreadable({ object }: OpenRejection): AppError {
  return new AppError('rejected-unreadable', `A record of ${object} cannot be read by itself.`, {
    recovery: 'fix-config',
    remedy: 'Correct it in the CRM: the next sync that reads it looks at it again.',
  });
}

import type { Session } from './connection.ts';
import { allowedBy } from './health/standing.ts';
import type { PlannedRecord } from './model/push.ts';
import { prepare } from './pull/prepare.ts';
import { previewPush } from './push/preview.ts';

export interface ConnectionPlan {
  readonly connection: string;
  readonly records: readonly PlannedRecord[];
  readonly calls: number;
  /** Why a sync would not write it by itself; null = it would. */
  readonly blocked: { readonly reason: string; readonly remedy: string } | null;
}

/** What a push of the connection would write now. */
export async function planConnection(session: Session, signal: AbortSignal): Promise<ConnectionPlan> {
  const { pipeline } = await prepare(session, session.newId(), signal);
  const outputs = pipeline.outputs.find((one) => one.connectionId === session.connection.id);
  const source = { database: session.database, orgId: session.orgId, objects: session.definition.objects };
  const { records, calls } = outputs === undefined ? { records: [], calls: 0 } : await previewPush(source, outputs);
  return { connection: session.connection.name, records, calls, blocked: await blockOf(session) };
}

async function blockOf(session: Session): Promise<ConnectionPlan['blocked']> {
  const { push, reason, remedy } = await allowedBy(session);
  if (!push) return { reason: reason ?? 'paused', remedy };
  const { name, push: policy } = session.connection;
  if (policy.mode === 'auto') return null;
  return { reason: 'push.mode is plan: a sync writes nothing', remedy: `Run: leadloop push ${name}` };
}

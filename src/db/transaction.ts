import { type Pool, type PoolClient, escapeLiteral } from 'pg';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { OrgId } from '../model/values.ts';
import type { EntityManagers } from './entity-manager.ts';
import { connectFailure, full, isAway, isFull, unavailable } from './failures.ts';
import type { Tx } from './tx.ts';
import { wireTypes } from './wire-types.ts';

export interface Scope {
  readonly role: 'leadloop_app' | 'leadloop_operator';
  /** '' for the operator: every tenant policy then says no. */
  readonly orgId: OrgId;
}

/** Role and organisation are local to the transaction, so that the pooled connection keeps nothing of them. */
const beginAs = ({ role, orgId }: Scope): string =>
  `begin; set local role ${role}; set local leadloop.org_id = ${escapeLiteral(orgId)}`;

/** One attempt: begin, work, commit; on any error rollback. The connection goes back to the pool, or is closed when broken. */
export async function transact<T>(
  connections: { readonly pool: Pool; readonly managers: EntityManagers },
  scope: Scope,
  work: (tx: Tx) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const client = await connections.pool.connect().catch((error: unknown) => {
    throw connectFailure(error);
  });
  let lost: Error | null = null;
  const onError = (error: Error): void => void (lost = error);
  client.on('error', onError);
  let broken = false;
  try {
    await client.query(beginAs(scope));
    const tx = new OpenTransaction(client, scope.orgId, await connections.managers.on(client));
    const result = await tx.run(work);
    signal?.throwIfAborted();
    await commit(client);
    return result;
  } catch (error) {
    broken = lost !== null || isAway(error) || !(await rolledBack(client));
    if (isFull(error)) throw full(error);
    throw broken && !isCallersOwn(error, signal) ? unavailable(error) : error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** PostgreSQL answers `commit` with ROLLBACK where a statement had failed and the failure was swallowed. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements had failed');
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  );
}

const isCallersOwn = (error: unknown, signal: AbortSignal | undefined): boolean =>
  signal?.aborted === true && error === signal.reason;

class OpenTransaction implements Tx {
  readonly orgId: OrgId;
  readonly em: EntityManager;
  readonly #client: PoolClient;
  #open = true;

  constructor(client: PoolClient, orgId: OrgId, em: EntityManager) {
    this.#client = client;
    this.orgId = orgId;
    this.em = em;
  }

  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      const result = await work(this);
      await this.em.flush();
      return result;
    } finally {
      this.#open = false;
    }
  }

  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    if (!this.#open) throw new Error('a statement came after the end of its transaction');
    const { rows } = await this.#client.query<Row>({ text, values: values as unknown[], types: wireTypes });
    return rows;
  }
}

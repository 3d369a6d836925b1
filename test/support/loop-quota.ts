import { type QuotaState, quotaStates } from '../../src/quota-state.ts';
import { renderStatus } from '../../src/cli/render/status.ts';
import { plain } from '../../src/cli/style.ts';
import { readStatus } from '../../src/health/read-status.ts';
import type { ConnectionStatus } from '../../src/health/status-report.ts';
import type { Loop } from './loop.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** To the next 15:00 UTC, hours from the midnights of UTC and of the sandboxes' zone: a day that ends in the middle brings new calls. */
export function toAfternoon({ clock }: Pick<Loop<unknown>, 'clock'>): void {
  clock.advance((15 * hourMs - (clock.now() % dayMs) + dayMs) % dayMs);
}

/** So many calls are left of our share of the day, whoever has made the others. */
export async function leaveCalls(loop: Pick<Loop<unknown>, 'db' | 'connectionId'>, share: number, left: number) {
  await loop.db.sql('update daily_pools set used = $2 where connection_id = $1', [loop.connectionId, share - left]);
}

/** What `status` is told of the connection. */
export async function quotaOf(
  loop: Pick<Loop<unknown>, 'db' | 'orgId' | 'connectionId' | 'clock'>,
): Promise<QuotaState> {
  const states = await quotaStates(loop.db.database, loop.orgId, new Date(loop.clock.now()));
  return states.find(({ connectionId }) => connectionId === loop.connectionId)!;
}

/** What `status` says of the connection: as data, and as people read it. */
export async function statusOf({
  db,
  connectionId,
  clock,
}: Pick<Loop<unknown>, 'db' | 'connectionId' | 'clock'>): Promise<{
  readonly connection: ConnectionStatus;
  readonly text: string;
}> {
  const report = await readStatus({ database: db.database, now: () => new Date(clock.now()) }, null);
  const connection = report.orgs.flatMap(({ connections }) => connections).find(({ id }) => id === connectionId)!;
  return { connection, text: renderStatus(report, plain) };
}

import type { RunReport } from '../../src/sync/options.ts';
import type { Loop } from './loop.ts';

/** Runs until a sync says that all is well and has nothing left to do; waits where it is told to wait. */
export async function untilItRests(
  loop: Pick<Loop<unknown>, 'sync' | 'clock' | 'db' | 'orgId'>,
): Promise<readonly RunReport[]> {
  const reports: RunReport[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const report = await loop.sync();
    reports.push(report);
    // Longer than any lag, any deferred write and any pause; the day's end where the quota is used up.
    const waitMs = report.nextTryAt === null ? 300_000 : report.nextTryAt.getTime() - loop.clock.now() + 1_000;
    loop.clock.advance(Math.max(waitMs, 300_000));
    const isAtRest = report.failure === null && report.counts.changed === 0 && report.counts.pushed === 0;
    const waiting = await loop.db.sql(
      `select 1 from push_states where org_id = $1 and state in ('pending', 'claimed')`,
      [loop.orgId],
    );
    if (isAtRest && waiting.length === 0 && attempt > 1) return reports;
  }
  throw new Error(`it does not come to rest: ${JSON.stringify(reports.slice(-3))}`);
}

/** What was refused for good is tried again, as `rejected retry` does. */
export async function reviveWrites({ db, orgId }: Pick<Loop<unknown>, 'db' | 'orgId'>): Promise<void> {
  await db.sql(
    `update push_states set state = 'pending', available_at = 'epoch' where org_id = $1 and state = 'dead'`,
    [orgId],
  );
}

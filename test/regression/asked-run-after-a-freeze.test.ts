import { expect, test } from 'vitest';
import { looksOf } from '../../src/work.ts';
import { startLoop } from '../support/loop.ts';
import { silentHolder } from '../support/silent-holder.ts';

/**
 * A worker was frozen in a run that a person had asked for. The queue handed it on before the frozen one counted as silent; the next
 * worker found the connection busy, called that nothing to do, and the run was never repeated.
 */
test('a run that a person has asked for is begun once more where its worker was frozen', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 3 }, pull: { objects: [] } });
  const { services, orgId, connectionId, db } = loop;
  const looks = looksOf(services, { onReport: () => undefined, onRescored: async () => undefined });
  await using _ = await silentHolder(db.url, `connection ${connectionId}`);
  await db.sql(
    `insert into sync_runs (id, org_id, connection_id, kind, status, started_at, heartbeat_at)
     values (gen_random_uuid(), $1, $2, 'sync', 'running', now(), now())`,
    [orgId, connectionId],
  );
  const asked = { kind: 'asked', orgId, subjectId: connectionId, tickAt: null, wish: 'full' } as const;
  expect(await looks.asked(asked, new AbortController().signal)).toMatchObject({ status: 'succeeded' });
  expect(await db.sql(`select status from sync_runs order by started_at`)).toEqual([
    { status: 'cancelled' },
    { status: 'succeeded' },
  ]);
});

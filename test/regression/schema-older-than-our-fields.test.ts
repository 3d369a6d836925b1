// A sync that was killed right after it had made our properties left a schema without them for an hour: their values were
// read as text, and every push asked for them again.
import { expect, test } from 'vitest';
import { startLoop } from '../support/loop.ts';
import { callsOf } from '../support/loop-calls.ts';
import { handsOf } from '../support/loop-crm.ts';
import { startProxy } from '../support/loop-proxy.ts';

test('properties that were made by a sync that died are known by their types, and asked for once', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 12 }, pull: { objects: [] } });
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'ada@example.org', jobtitle: 'Director' });
  const stop = new AbortController();
  let made = 0;
  await using proxy = await startProxy(loop.crm.url, {
    after(path) {
      if (path === 'POST /crm/properties/2026-09/contacts') made += 1;
      if (made === 7) stop.abort();
    },
  });
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  expect(await loop.sync({ signal: stop.signal })).toMatchObject({ status: 'cancelled', counts: { pushed: 0 } });
  await loop.db.sql('update connections set base_url = $1', [loop.crm.url]);

  loop.clock.advance(5_000);
  hands.edit(id, { leadloop_score: '10', leadloop_is_mql: 'false', jobtitle: 'Head' });
  await loop.sync({ pullOnly: true });
  expect(await loop.db.sql('select remote from push_states where external_id = $1', [String(id)])).toMatchObject([
    { remote: { leadloop_score: 10, leadloop_is_mql: false } },
  ]);
  await loop.sync();
  loop.clock.advance(5_000);
  hands.edit(id, { jobtitle: 'Superintendent' });
  loop.crm.requests.reset();
  expect((await loop.sync()).counts).toMatchObject({ pushed: 1 });
  expect(callsOf(loop.crm)).not.toHaveProperty('GET /crm/properties/contacts');
});

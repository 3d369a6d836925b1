import { expect, test } from 'vitest';
import { startSalesforceLoop } from '../../support/loop.ts';
import { openOn } from '../../support/loop-app.ts';

const signal = new AbortController().signal;

test('check believes nothing that was read before: what an administrator has just granted is there', async () => {
  await using loop = await startSalesforceLoop();
  await using app = await openOn(loop);
  const paused = async (): Promise<readonly string[]> => {
    const { connections } = await app.check(loop.name, signal);
    const problems = connections[0]?.mapping ?? [];
    return problems.filter(({ severity }) => severity === 'pauses').map(({ object, field }) => `${object}.${field}`);
  };
  expect(await paused()).toEqual([]);
  loop.crm.faults.activate({ name: 'field-hidden', field: 'Lead.Title' });
  expect(await paused()).toEqual(['Lead.Title']);
  loop.crm.faults.clear();
  expect(await paused()).toEqual([]);
});

test('check names what it could not ask, and does not call the mapping good', async () => {
  await using loop = await startSalesforceLoop();
  await using app = await openOn(loop);
  loop.crm.faults.activate({ name: 'request-limit' });
  const { connections } = await app.check(loop.name, signal);
  expect(connections).toMatchObject([{ name: loop.name, mapping: null }]);
  const failures = connections[0]?.findings.filter(({ level }) => level === 'failure') ?? [];
  expect(failures).toHaveLength(1);
  expect(failures[0]?.remedy).not.toBe('');
});

test('check of another account than that of the first run is a finding, not an end', async () => {
  await using loop = await startSalesforceLoop();
  await loop.sync({ pullOnly: true });
  await loop.db.sql(`update connections set account_id = '00D000000000001AAA' where id = $1`, [loop.connectionId]);
  await using app = await openOn(loop);
  const { connections } = await app.check(null, signal);
  expect(connections[0]?.findings.at(-1)).toMatchObject({
    level: 'failure',
    subject: 'account-changed',
    remedy: expect.stringContaining('its own account') as string,
  });
});

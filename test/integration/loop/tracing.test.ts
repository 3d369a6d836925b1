import { expect, test } from 'vitest';
import { startLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { seeSpans, type SeenSpan } from '../../support/spans.ts';

const small = { sandbox: { contacts: 5 }, pull: { objects: [] } };

/** `run sync > pull lane > commit batch` */
const pathOf = ({ name, parent }: SeenSpan): string => (parent === null ? name : `${pathOf(parent)} > ${name}`);
const pathsOf = (spans: readonly SeenSpan[]): Set<string> => new Set(spans.map(pathOf));

test('a sync is one tree: run, lanes with their calls and commits, pushes with theirs', async () => {
  using seen = seeSpans();
  await using loop = await startLoop(small);
  const report = await loop.sync();
  const paths = pathsOf(seen.spans);
  for (const path of [
    'run sync > GET /account-info/2026-09/details',
    'run sync > pull lane > GET /crm/objects/2026-09/contacts',
    'run sync > pull lane > commit batch',
    'run sync > push batch > POST /crm/objects/2026-09/contacts/batch/update',
  ])
    expect([...paths].filter((one) => one === path || one.endsWith(path))).toEqual([path]);
  const roots = seen.spans.filter(({ parent }) => parent === null);
  expect(roots.map(({ name, attributes }) => ({ name, attributes }))).toEqual([
    { name: 'run sync', attributes: { 'leadloop.run.id': report.runId, 'leadloop.org.id': loop.orgId } },
  ]);
  expect(seen.spans.filter(({ isOver, hasFailed }) => !isOver || hasFailed)).toEqual([]);
  const lanes = seen.spans.filter(({ name }) => name === 'pull lane').map(({ attributes }) => attributes);
  expect(lanes).toContainEqual({ 'leadloop.object': 'contacts', 'leadloop.lane': 'full' });
  const calls = seen.spans.filter(({ attributes }) => 'leadloop.crm' in attributes);
  expect(calls.length).toBeGreaterThanOrEqual(report.counts.apiCalls);
  expect(new Set(calls.map(({ attributes }) => attributes['http.response.status_code']))).toEqual(new Set([200, 201]));
});

test('a failure is told of by its kind, up to the run, and by no word of its message', async () => {
  using seen = seeSpans();
  await using loop = await startLoop(small);
  await loop.sync();
  const { id } = handsOf(loop).living()[0]!;
  handsOf(loop).edit(id, { hs_analytics_num_visits: '44', hs_email_click: '44' });
  loop.crm.faults.activate({ name: 'missing-scope', path: '/batch/update$', count: 50 });
  const before = seen.spans.length;
  await loop.sync();
  const spans = seen.spans.slice(before);
  const failed = spans.filter(({ hasFailed }) => hasFailed);
  const call = 'POST /crm/objects/2026-09/contacts/batch/update';
  expect(pathsOf(failed)).toEqual(new Set(['run sync', 'run sync > push batch', `run sync > push batch > ${call}`]));
  expect(failed.find(({ name }) => name === call)?.attributes['http.response.status_code']).toBe(403);
  expect(failed.find(({ name }) => name === 'run sync')).toMatchObject({
    attributes: { 'error.type': 'crm-permission' },
    exceptions: [{ name: 'PermissionError' }],
    said: undefined,
  });
  expect(spans.filter(({ isOver }) => !isOver)).toEqual([]);
});

test('no span names a person, a record or a secret', async () => {
  using seen = seeSpans();
  await using loop = await startLoop({ sandbox: { contacts: 20 } });
  loop.crm.faults.activate({ name: '503', count: 2 });
  await loop.sync();
  await loop.sync();
  const told = JSON.stringify(seen.spans.map((span) => ({ ...span, parent: null })));
  const people = [...loop.crm.store.contacts.from(0)];
  const hidden = people.flatMap(({ id, properties }) => [
    `/${id}`,
    ...['email', 'firstname', 'lastname', 'company', 'phone'].flatMap((name) => properties[name] || []),
  ]);
  expect(hidden.length).toBeGreaterThan(50);
  expect([...hidden, 'sandbox-token'].filter((text) => told.includes(text))).toEqual([]);
});

test('without an SDK nothing is seen, and nothing changes', async () => {
  await using loop = await startLoop(small);
  expect((await loop.sync()).status).toBe('succeeded');
});

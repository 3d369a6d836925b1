import { describe, expect, it } from 'vitest';
import { ALL_SCOPES } from '../../../src/sandbox/hubspot/index.ts';
import { CONTACTS, portal, V, type Portal } from './portal.ts';

const COMPANIES = `/crm/objects/${V}/companies`;

async function three(sandbox: Portal): Promise<[string, string, string]> {
  return [
    await sandbox.contact({ email: 'a@b.org' }),
    await sandbox.contact({ email: 'c@d.org' }),
    await sandbox.contact({ email: 'e@f.org' }),
  ];
}

const update = `${CONTACTS}/batch/update`;

describe('batch writes', () => {
  it('of companies take properties of ours, and need the scopes of companies', async () => {
    const scopes = ['crm.objects.contacts.write', 'crm.objects.companies.read', 'crm.schemas.contacts.write'];
    const sandbox = await portal({ tokens: { all: ALL_SCOPES, some: scopes } });
    const created = await sandbox.call('POST', COMPANIES, { properties: { name: 'VelocityPay' } }, 'all');
    const { id } = created.body;
    const score = { name: 'our_score', label: 'Score', type: 'number', fieldType: 'number', groupName: 'ours' };
    const asMuch = { inputs: [{ id, properties: { our_score: '88' } }] };
    const calls = [
      [`/crm/properties/${V}/companies/groups`, { name: 'ours', label: 'Ours' }],
      [`/crm/properties/${V}/companies`, score],
      [`${COMPANIES}/batch/update`, asMuch],
    ] as const;
    for (const [path, body] of calls) {
      expect((await sandbox.call('POST', path, body, 'some')).body.category).toBe('MISSING_SCOPES');
      expect((await sandbox.call('POST', path, body, 'all')).status).toBeLessThan(300);
    }
    const { body } = await sandbox.call('GET', `${COMPANIES}/${id}?properties=our_score`, undefined, 'some');
    expect(body.properties).toMatchObject({ our_score: '88' });
    // A property belongs to one kind of record.
    const contact = await sandbox.call('POST', CONTACTS, { properties: { our_score: '1' } }, 'all');
    expect(contact.text).toContain('PROPERTY_DOESNT_EXIST');
  });

  it('takes a hundred inputs and not one more', async () => {
    const sandbox = await portal();
    const inputs = Array.from({ length: 101 }, (_, id) => ({ id: String(id), properties: {} }));
    expect((await sandbox.call('POST', update, { inputs })).status).toBe(400);
    expect((await sandbox.call('POST', update, { inputs: inputs.slice(1) })).status).toBe(207);
  });

  it.each([true, false])('refuses the whole request for one id twice (trace ids: %s)', async (traced) => {
    const sandbox = await portal();
    const [id] = await three(sandbox);
    const inputs = ['A', 'B'].map((city, index) => ({
      id,
      properties: { city },
      ...(traced ? { objectWriteTraceId: String(index) } : {}),
    }));
    const { status, body } = await sandbox.call('POST', update, { inputs });
    expect(status).toBe(400);
    expect(body).toMatchObject({ category: 'VALIDATION_ERROR', context: { ids: [id] } });
    expect(body.message).toBe(`Duplicate IDs found in batch input: [${id}]. IDs must be unique`);
    expect((await sandbox.read(id, 'city')).body.properties['city']).toBeNull();
  });

  it('without trace ids, one bad value refuses all and nothing is written', async () => {
    const sandbox = await portal();
    const [first, second] = await three(sandbox);
    const inputs = [
      { id: first, properties: { city: 'Reno' } },
      { id: second, properties: { district_enrollment: 'many' } },
    ];
    const { status, body } = await sandbox.call('POST', update, { inputs });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ code: 'INVALID_LONG' }]);
    expect((await sandbox.read(first, 'city')).body.properties['city']).toBeNull();
  });

  it('with a trace id of its own on every input, the bad row fails singly and the good ones are written', async () => {
    const sandbox = await portal();
    const [first, second] = await three(sandbox);
    const inputs = [
      { id: first, properties: { city: 'Reno' }, objectWriteTraceId: 't1' },
      { id: second, properties: { district_enrollment: 'many' }, objectWriteTraceId: 't2' },
    ];
    const { status, body } = await sandbox.call('POST', update, { inputs });
    expect(status).toBe(207);
    expect(body).toMatchObject({
      status: 'COMPLETE',
      numErrors: 1,
      results: [{ id: first, objectWriteTraceId: 't1', properties: { city: 'Reno' } }],
      errors: [{ status: 'error', category: 'VALIDATION_ERROR', context: { objectWriteTraceId: ['t2'] } }],
    });
  });

  it('a trace id that is missing on one input is as good as none', async () => {
    const sandbox = await portal();
    const [first, second] = await three(sandbox);
    const inputs = [
      { id: first, properties: { city: 'Reno' }, objectWriteTraceId: 't1' },
      { id: second, properties: { no_such: 'x' } },
    ];
    expect((await sandbox.call('POST', update, { inputs })).status).toBe(400);
  });

  it('updateTraceIds: false makes an update refuse all even with trace ids', async () => {
    const sandbox = await portal({ updateTraceIds: false });
    const [first] = await three(sandbox);
    const inputs = [{ id: first, properties: { no_such: 'x' }, objectWriteTraceId: 't1' }];
    expect((await sandbox.call('POST', update, { inputs })).status).toBe(400);
  });

  it('reports missing ids in a 207 and writes the rest', async () => {
    const sandbox = await portal();
    const [first] = await three(sandbox);
    const inputs = [
      { id: first, properties: { city: 'Reno' } },
      { id: '99999999', properties: { city: 'Reno' } },
    ];
    const { status, body } = await sandbox.call('POST', update, { inputs });
    expect(status).toBe(207);
    expect(body.results).toHaveLength(1);
    expect(body.errors).toMatchObject([{ category: 'OBJECT_NOT_FOUND', context: { ids: ['99999999'] } }]);
  });

  it('does not update contacts by e-mail', async () => {
    const sandbox = await portal();
    await three(sandbox);
    const inputs = [{ id: 'a@b.org', idProperty: 'email', properties: { city: 'Reno' } }];
    const { status, body } = await sandbox.call('POST', update, { inputs });
    expect(status).toBe(400);
    expect(body.message).toBe('Unable to perform update/upsert by non-unique 0-1 property');
  });

  it('answers in another order than it was asked, the same one each time', async () => {
    const sandbox = await portal();
    const ids = await three(sandbox);
    const inputs = ids.map((id) => ({ id, properties: { city: 'Reno' } }));
    const order = async (): Promise<string[]> =>
      (await sandbox.call('POST', update, { inputs })).body.results.map((row) => row.id);
    const first = await order();
    expect(first).not.toStrictEqual([...ids]);
    expect(first.toSorted()).toStrictEqual(ids.toSorted());
    expect(await order()).toStrictEqual(first);
  });

  it.each([
    ['wrong keys in the inputs', { inputs: [{ vid: '51', props: { city: 'Reno' } }] }],
    ['no inputs', { input: [] }],
  ])('answers 200 with nothing to malformed requests: %s', async (_, body) => {
    const sandbox = await portal();
    await three(sandbox);
    const answer = await sandbox.call('POST', update, body);
    expect(answer.status).toBe(200);
    expect(answer.body.results).toStrictEqual([]);
    expect(answer.body.errors ?? []).toStrictEqual([]);
  });

  it('creates with a 409 for the whole batch, or a row error with trace ids', async () => {
    const sandbox = await portal();
    const [existing] = await three(sandbox);
    const inputs = [{ properties: { email: 'new@b.org' } }, { properties: { email: 'A@b.org' } }];
    const refused = await sandbox.call('POST', `${CONTACTS}/batch/create`, { inputs });
    expect(refused.status).toBe(409);
    expect(refused.body.category).toBe('CONFLICT');
    const traced = inputs.map((input, index) => ({ ...input, objectWriteTraceId: String(index) }));
    const { status, body } = await sandbox.call('POST', `${CONTACTS}/batch/create`, { inputs: traced });
    expect(status).toBe(207);
    expect(body.results).toMatchObject([{ properties: { email: 'new@b.org' } }]);
    expect(body.errors).toMatchObject([{ category: 'CONFLICT', context: { existingId: [existing] } }]);
  });

  it('refuses one e-mail twice in a batch, whatever its case', async () => {
    const sandbox = await portal();
    const inputs = [{ properties: { email: 'x@y.org' } }, { properties: { email: 'X@Y.org' } }];
    expect((await sandbox.call('POST', `${CONTACTS}/batch/create`, { inputs })).status).toBe(400);
    expect((await sandbox.call('GET', CONTACTS)).body.results).toStrictEqual([]);
  });

  it('upserts by e-mail and says what is new', async () => {
    const sandbox = await portal();
    const [existing] = await three(sandbox);
    const inputs = ['a@b.org', 'new@b.org'].map((id) => ({ id, idProperty: 'email', properties: { city: 'Reno' } }));
    const { status, body } = await sandbox.call('POST', `${CONTACTS}/batch/upsert`, { inputs });
    expect(status).toBe(200);
    const isNew = Object.fromEntries(body.results.map((row) => [row.id, row.new]));
    expect(isNew[existing]).toBe(false);
    expect(Object.values(isNew).map(String).toSorted()).toStrictEqual(['false', 'true']);
  });

  it('reads what is there and names the missing; archives what is there and is silent about the rest', async () => {
    const sandbox = await portal();
    const [first, second] = await three(sandbox);
    const inputs = [{ id: first }, { id: '99999999' }];
    const read = await sandbox.call('POST', `${CONTACTS}/batch/read`, { inputs, properties: ['email', 'city'] });
    expect(read.status).toBe(207);
    expect(read.body.results).toMatchObject([{ id: first, properties: { email: 'a@b.org', city: null } }]);
    expect((await sandbox.call('POST', `${CONTACTS}/batch/archive`, { inputs })).status).toBe(204);
    expect((await sandbox.call('POST', `${CONTACTS}/batch/read`, { inputs: [{ id: second }] })).status).toBe(200);
    expect((await sandbox.call('POST', `${CONTACTS}/batch/read`, { inputs: [{ id: first }] })).status).toBe(207);
  });
});

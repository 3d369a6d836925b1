import { describe, expect, it } from 'vitest';
import { CONTACTS, portal, V, type Portal } from './portal.ts';

const SEARCH = `${CONTACTS}/search`;

interface FilterSpec {
  propertyName: string;
  operator: string;
  value?: string | number;
  highValue?: string;
  values?: string[];
}

function where(...filters: FilterSpec[]): { filterGroups: { filters: FilterSpec[] }[] } {
  return { filterGroups: [{ filters }] };
}

async function people(sandbox: Portal): Promise<void> {
  await sandbox.contact({ email: 'ann@b.org', firstname: 'Ann', city: 'Reno', district_enrollment: '900' });
  await sandbox.contact({ email: 'ben@b.org', firstname: 'Ben', city: 'Elko', district_enrollment: '12000' });
  await sandbox.contact({ email: 'cas@b.org', firstname: 'Cas', lifecyclestage: 'customer' });
}

async function names(sandbox: Portal, ...filters: FilterSpec[]): Promise<string[]> {
  const { body } = await sandbox.call('POST', SEARCH, { ...where(...filters), properties: ['firstname'] });
  return body.results.map((row) => String(row.properties['firstname'])).toSorted();
}

describe('search filters', () => {
  it.each<[FilterSpec, string[]]>([
    [{ propertyName: 'email', operator: 'EQ', value: 'ANN@b.org' }, ['Ann']],
    [{ propertyName: 'firstname', operator: 'NEQ', value: 'Ann' }, ['Ben', 'Cas']],
    [{ propertyName: 'district_enrollment', operator: 'GT', value: '900' }, ['Ben']],
    [{ propertyName: 'district_enrollment', operator: 'LTE', value: 12000 }, ['Ann', 'Ben']],
    [{ propertyName: 'district_enrollment', operator: 'BETWEEN', value: '1000', highValue: '20000' }, ['Ben']],
    [{ propertyName: 'city', operator: 'IN', values: ['reno', 'elko'] }, ['Ann', 'Ben']],
    [{ propertyName: 'city', operator: 'IN', values: ['Reno'] }, []],
    [{ propertyName: 'city', operator: 'NOT_IN', values: ['reno'] }, ['Ben', 'Cas']],
    [{ propertyName: 'city', operator: 'HAS_PROPERTY' }, ['Ann', 'Ben']],
    [{ propertyName: 'city', operator: 'NOT_HAS_PROPERTY' }, ['Cas']],
    [{ propertyName: 'email', operator: 'CONTAINS_TOKEN', value: 'b*' }, ['Ann', 'Ben', 'Cas']],
    [{ propertyName: 'email', operator: 'NOT_CONTAINS_TOKEN', value: 'ben' }, ['Ann', 'Cas']],
    [{ propertyName: 'lifecyclestage', operator: 'EQ', value: 'customer' }, ['Cas']],
    [{ propertyName: 'lifecyclestage', operator: 'EQ', value: 'Customer' }, []],
  ])('%o finds %o', async (filter, expected) => {
    const sandbox = await portal();
    await people(sandbox);
    expect(await names(sandbox, filter)).toStrictEqual(expected);
  });

  it('joins filters with and, groups with or', async () => {
    const sandbox = await portal();
    await people(sandbox);
    const filterGroups = ['Ann', 'Cas'].map((value) => ({
      filters: [{ propertyName: 'firstname', operator: 'EQ', value }],
    }));
    const { body } = await sandbox.call('POST', SEARCH, { filterGroups });
    expect(body.total).toBe(2);
  });

  it('refuses an unknown property in a filter, and leaves it out of `properties`', async () => {
    const sandbox = await portal();
    await people(sandbox);
    const unknown = where({ propertyName: 'no_such', operator: 'EQ', value: 'x' });
    expect((await sandbox.call('POST', SEARCH, unknown)).status).toBe(400);
    const { body } = await sandbox.call('POST', SEARCH, { properties: ['no_such'] });
    expect(body.results[0]?.properties).not.toHaveProperty('no_such');
  });

  it('breaks on epoch 0 in a time filter', async () => {
    const sandbox = await portal();
    const zero = where({ propertyName: 'lastmodifieddate', operator: 'GTE', value: '0' });
    expect((await sandbox.call('POST', SEARCH, zero)).status).toBe(500);
  });
});

describe('search limits', () => {
  const filter = { propertyName: 'city', operator: 'HAS_PROPERTY' };
  it.each([
    ['201 rows', { limit: 201 }],
    ['six groups', { filterGroups: Array.from({ length: 6 }, () => ({ filters: [filter] })) }],
    ['seven filters in a group', { filterGroups: [{ filters: Array.from({ length: 7 }, () => filter) }] }],
    [
      'nineteen filters',
      { filterGroups: [6, 6, 6, 1].map((length) => ({ filters: Array.from({ length }, () => filter) })) },
    ],
    ['two sorts', { sorts: ['email', 'city'].map((propertyName) => ({ propertyName, direction: 'ASCENDING' })) }],
    ['more than 3,000 characters', { properties: ['p'.repeat(3_000)] }],
    ['results past 10,000', { after: '9900', limit: 200 }],
  ])('refuses %s', async (_, body) => {
    const sandbox = await portal();
    expect((await sandbox.call('POST', SEARCH, body)).status).toBe(400);
  });

  it('walks 10,000 rows by offset and not one more, but any number by keyset inside one millisecond', async () => {
    const sandbox = await portal({ contacts: 10_450, now: () => 1_800_000_000_000 });
    const touch = await sandbox.call('POST', '/__sandbox/bulk-touch', { count: 20_000, at: 1_799_999_990_000 });
    expect(touch.body['touched']).toBeGreaterThan(10_000);
    expect((await sandbox.call('POST', SEARCH, { limit: 200, after: '9800' })).status).toBe(200);
    expect((await sandbox.call('POST', SEARCH, { limit: 200, after: '9801' })).status).toBe(400);
    const seen = new Set<string>();
    let last = '0';
    for (;;) {
      const { body } = await sandbox.call('POST', SEARCH, {
        ...where(
          { propertyName: 'lastmodifieddate', operator: 'GTE', value: '1799999990000' },
          { propertyName: 'lastmodifieddate', operator: 'LTE', value: '1799999990000' },
          { propertyName: 'hs_object_id', operator: 'GT', value: last },
        ),
        sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
        limit: 200,
      });
      if (body.results.length === 0) break;
      for (const row of body.results) seen.add(row.id);
      last = body.results.at(-1)?.id ?? last;
    }
    expect(seen.size).toBe(touch.body['touched']);
  }, 60_000);

  it('allows five searches a second, then answers a 429 of its own without any ten-second header', async () => {
    let now = 1_800_000_000_000;
    const sandbox = await portal({ limits: {}, now: () => now });
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1) statuses.push((await sandbox.call('POST', SEARCH, {})).status);
    expect(statuses).toStrictEqual([200, 200, 200, 200, 200, 429]);
    const { headers, body } = await sandbox.call('POST', SEARCH, {});
    expect(body).toMatchObject({ category: 'RATE_LIMITS', message: 'You have reached your secondly limit.' });
    expect(body).not.toHaveProperty('policyName');
    expect(headers.get('x-hubspot-ratelimit-max')).toBeNull();
    expect(headers.get('retry-after')).toBeNull();
    now += 1_000;
    expect((await sandbox.call('POST', SEARCH, {})).status).toBe(200);
  });
});

describe('search order and pages', () => {
  it('sorts by one property either way and gives the next offset as text', async () => {
    const sandbox = await portal({ contacts: 80 });
    const sorts = [{ propertyName: 'lastmodifieddate', direction: 'DESCENDING' }];
    const first = await sandbox.call('POST', SEARCH, { sorts, limit: 30 });
    expect(first.body.paging).toStrictEqual({ next: { after: '30' } });
    const second = await sandbox.call('POST', SEARCH, { sorts, limit: 60, after: 30 });
    expect(second.body.paging).toBeUndefined();
    const times = [...first.body.results, ...second.body.results].map((row) => Date.parse(row.updatedAt));
    expect(times).toHaveLength(first.body.total);
    expect(times).toStrictEqual(times.toSorted((a, b) => b - a));
  });
});

describe('index lag', () => {
  it('filters on stale values and prints fresh ones; new rows are not there yet', async () => {
    let now = 1_800_000_000_000;
    const sandbox = await portal({ searchLagMs: 5_000, now: () => now });
    const id = await sandbox.contact({ email: 'old@b.org', firstname: 'Ann' });
    const find = async (value: string): Promise<(string | null | undefined)[]> => {
      const { body } = await sandbox.call('POST', SEARCH, where({ propertyName: 'email', operator: 'EQ', value }));
      return body.results.map((row) => row.properties['email']);
    };
    expect(await find('old@b.org')).toStrictEqual([]);
    now += 6_000;
    expect(await find('old@b.org')).toStrictEqual(['old@b.org']);
    await sandbox.call('PATCH', `${CONTACTS}/${id}`, { properties: { email: 'new@b.org' } });
    expect(await find('old@b.org')).toStrictEqual(['new@b.org']);
    expect(await find('new@b.org')).toStrictEqual([]);
    now += 6_000;
    expect(await find('old@b.org')).toStrictEqual([]);
    expect(await find('new@b.org')).toStrictEqual(['new@b.org']);
  });

  it('counts an archived row in `total` for a while without showing it', async () => {
    let now = 1_800_000_000_000;
    const sandbox = await portal({ searchLagMs: 5_000, now: () => now });
    const id = await sandbox.contact({ email: 'a@b.org' });
    now += 6_000;
    await sandbox.call('DELETE', `${CONTACTS}/${id}`);
    expect((await sandbox.call('POST', SEARCH, {})).body).toMatchObject({ total: 1, results: [] });
    now += 6_000;
    expect((await sandbox.call('POST', SEARCH, {})).body).toMatchObject({ total: 0, results: [] });
  });
});

describe('search by association', () => {
  it('finds the meetings of a contact by the pseudo-property associations.contact', async () => {
    const sandbox = await portal({ contacts: 200 });
    const { associations, contacts } = sandbox.store;
    const hot = [...contacts.from(0)].find(({ id }) => associations.list('contacts', 'meetings', id).length > 0);
    const filters = [{ propertyName: 'associations.contact', operator: 'EQ', value: hot?.id }];
    const { body } = await sandbox.call('POST', `/crm/objects/${V}/meetings/search`, { filters });
    expect(body.results.map((row) => Number(row.id))).toStrictEqual(
      associations.list('contacts', 'meetings', hot?.id ?? 0).map((link) => link.to),
    );
  });
});

describe('free text', () => {
  it('looks into the default fields', async () => {
    const sandbox = await portal();
    await people(sandbox);
    expect((await sandbox.call('POST', SEARCH, { query: 'cas@' })).body.total).toBe(1);
    expect((await sandbox.call('POST', SEARCH, { query: '' })).body.total).toBe(3);
  });
});

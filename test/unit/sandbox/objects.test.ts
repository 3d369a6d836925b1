import { describe, expect, it } from 'vitest';
import { CONTACTS, portal, V } from './portal.ts';

describe('records on dated paths', () => {
  it('answers the current and the previous version, and no other', async () => {
    const sandbox = await portal();
    expect((await sandbox.call('GET', CONTACTS)).status).toBe(200);
    expect((await sandbox.call('GET', '/crm/objects/2026-03/contacts')).status).toBe(200);
    expect((await sandbox.call('GET', '/crm/v3/objects/contacts')).status).toBe(404);
  });

  it('prints null for what was requested and never set, "" for what was cleared, nothing for what is not defined', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ email: 'a@b.org', phone: '1' });
    await sandbox.call('PATCH', `${CONTACTS}/${id}`, { properties: { phone: '' } });
    const { body } = await sandbox.read(id, 'email', 'phone', 'city', 'no_such_property');
    expect(body.properties).toMatchObject({ email: 'a@b.org', phone: '', city: null, hs_object_id: id });
    expect(body.properties).not.toHaveProperty('no_such_property');
    expect(body.properties).not.toHaveProperty('firstname');
  });

  it('takes a null as "not sent"', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ email: 'a@b.org', city: 'Reno' });
    await sandbox.call('PATCH', `${CONTACTS}/${id}`, { properties: { city: null } });
    expect((await sandbox.read(id, 'city')).body.properties['city']).toBe('Reno');
  });

  it('pages in numeric id order; `after` is the last id plus one, and the last page has no paging', async () => {
    const sandbox = await portal({ contacts: 60 });
    const ids: string[] = [];
    const pages: [string, string][] = [];
    let after: string | undefined = '0';
    while (after !== undefined) {
      const { body } = await sandbox.call('GET', `${CONTACTS}?limit=7&after=${after}`);
      ids.push(...body.results.map((row) => row.id));
      after = body.paging?.next.after;
      if (after !== undefined) pages.push([after, ids.at(-1) ?? '']);
    }
    expect(pages.map(([next]) => next)).toStrictEqual(pages.map(([, last]) => String(BigInt(last) + 1n)));
    expect(ids).toStrictEqual(ids.toSorted((a, b) => Number(BigInt(a) - BigInt(b))));
    expect(new Set(ids.map((id) => id.length)).size).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gives ten rows by default and a hundred at most', async () => {
    const sandbox = await portal({ contacts: 30 });
    expect((await sandbox.call('GET', CONTACTS)).body.results).toHaveLength(10);
    expect((await sandbox.call('GET', `${CONTACTS}?limit=101`)).status).toBe(400);
    expect((await sandbox.call('GET', `${CONTACTS}?after=next`)).status).toBe(400);
  });

  it('answers 414 to a URL past 16,000 characters', async () => {
    const sandbox = await portal();
    const short = `${CONTACTS}?properties=${'p'.repeat(15_000)}`;
    const long = `${CONTACTS}?properties=${'p'.repeat(16_000)}`;
    expect((await sandbox.call('GET', short)).status).toBe(200);
    expect((await sandbox.call('GET', long)).status).toBe(414);
  });

  it('answers a missing record with a page of HTML, and deletes it with 204', async () => {
    const sandbox = await portal();
    const { status, headers, text } = await sandbox.call('GET', `${CONTACTS}/123456`);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toContain('text/html');
    expect(headers.get('x-hubspot-notfound')).toBe('true');
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect((await sandbox.call('DELETE', `${CONTACTS}/123456`)).status).toBe(204);
  });

  it('finds by e-mail whatever the case, and keeps it in lower case', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ email: 'Ann.Lee@Example.ORG' });
    const { body } = await sandbox.call('GET', `${CONTACTS}/ann.lee@example.org?idProperty=email`);
    expect(body).toMatchObject({ id, properties: { email: 'ann.lee@example.org' } });
  });

  it('refuses a second contact with the same e-mail and names the first in the text only', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ email: 'a@b.org' });
    const { status, body } = await sandbox.call('POST', CONTACTS, { properties: { email: 'A@B.org' } });
    expect(status).toBe(409);
    expect(body).toMatchObject({ category: 'CONFLICT', message: `Contact already exists. Existing ID: ${id}` });
  });

  it('hides an archived record from lists and search, shows it on request, moves no time, and frees its e-mail', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ email: 'a@b.org' });
    const before = (await sandbox.read(id)).body.updatedAt;
    sandbox.advance(5_000);
    await sandbox.call('DELETE', `${CONTACTS}/${id}`);
    expect((await sandbox.call('GET', CONTACTS)).body.results).toStrictEqual([]);
    expect((await sandbox.call('POST', `${CONTACTS}/search`, {})).body.total).toBe(0);
    const [row] = (await sandbox.call('GET', `${CONTACTS}?archived=true`)).body.results;
    expect(row).toMatchObject({ id, archived: true, updatedAt: before });
    expect((await sandbox.call('POST', CONTACTS, { properties: { email: 'a@b.org' } })).status).toBe(201);
  });
});

describe('modification time', () => {
  it('moves on every change of a property, never back, with the resolution of a millisecond', async () => {
    let now = 1_800_000_000_123;
    const sandbox = await portal({ now: () => now });
    const id = await sandbox.contact({ email: 'a@b.org' });
    now += 1;
    await sandbox.call('PATCH', `${CONTACTS}/${id}`, { properties: { city: 'Reno' } });
    const later = (await sandbox.read(id)).body.updatedAt;
    expect(Date.parse(later)).toBe(1_800_000_000_124);
    now -= 60_000;
    await sandbox.call('PATCH', `${CONTACTS}/${id}`, { properties: { city: 'Elko' } });
    expect((await sandbox.read(id)).body.updatedAt).toBe(later);
  });

  it.each([
    [true, 1_000],
    [false, 0],
  ])('bumpOnNoChange %s: a write of the same value moves it by %d ms', async (bumpOnNoChange, moved) => {
    let now = 1_800_000_000_000;
    const sandbox = await portal({ now: () => now, bumpOnNoChange });
    const id = await sandbox.contact({ email: 'a@b.org', city: 'Reno' });
    now += 1_000;
    await sandbox.call('PATCH', `${CONTACTS}/${id}`, { properties: { city: 'Reno' } });
    expect(Date.parse((await sandbox.read(id)).body.updatedAt)).toBe(1_800_000_000_000 + moved);
  });

  it('stays when a calculated property changes', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ email: 'a@b.org' });
    const before = (await sandbox.read(id)).body.updatedAt;
    sandbox.advance(60_000);
    const edit = { properties: { hs_email_open: 7, num_conversion_events: 2 }, bump: false };
    await sandbox.call('POST', `/__sandbox/contacts/${id}`, edit);
    const { body } = await sandbox.read(id, 'hs_email_open', 'num_conversion_events');
    expect(body).toMatchObject({ updatedAt: before, properties: { hs_email_open: '7', num_conversion_events: '2' } });
  });

  it('stays when an association changes, though associatedcompanyid follows', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ email: 'a@b.org' });
    const company = await sandbox.call('POST', `/crm/objects/${V}/companies`, { properties: { name: 'Acme' } });
    const before = (await sandbox.read(id)).body.updatedAt;
    sandbox.advance(60_000);
    const inputs = [
      {
        from: { id },
        to: { id: company.body.id },
        types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 279 }],
      },
    ];
    const made = await sandbox.call('POST', `/crm/associations/${V}/contacts/companies/batch/create`, { inputs });
    expect(made.status).toBe(201);
    const { body } = await sandbox.read(id, 'associatedcompanyid');
    expect(body).toMatchObject({ updatedAt: before, properties: { associatedcompanyid: company.body.id } });
  });
});

describe('values', () => {
  it.each([
    ['no_such', 'x', 'PROPERTY_DOESNT_EXIST'],
    ['district_enrollment', '12,500', 'INVALID_LONG'],
    ['district_enrollment', 'many', 'INVALID_LONG'],
    ['closedate', 'soon', 'INVALID_LONG'],
    ['closedate', '1763769600', 'INVALID_DATE'],
    ['lifecyclestage', 'Lead', 'INVALID_OPTION'],
    ['hs_email_optout', 'yes', 'INVALID_OPTION'],
    ['product_interests', 'analytics;chess', 'INVALID_OPTION'],
    ['email', 'not an address', 'INVALID_EMAIL'],
    ['hs_email_open', '3', 'READ_ONLY_VALUE'],
    ['num_conversion_events', '3', 'READ_ONLY_VALUE'],
    ['lastmodifieddate', '2026-01-01', 'READ_ONLY_VALUE'],
  ])('refuses %s = %s with %s', async (name, value, code) => {
    const sandbox = await portal();
    const { status, body } = await sandbox.call('POST', CONTACTS, { properties: { [name]: value } });
    expect(status).toBe(400);
    expect(body).toMatchObject({ category: 'VALIDATION_ERROR', errors: [{ code, context: { propertyName: [name] } }] });
    const inside = JSON.parse(body.message.replace('Property values were not valid: ', ''));
    expect(inside).toMatchObject([{ isValid: false, error: code, name }]);
  });

  it('stores numbers and booleans as text, times as ISO, and appends to a checkbox with a leading semicolon', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ product_interests: 'analytics' });
    const properties = { district_enrollment: 12500, closedate: '1763769600000', product_interests: ';curriculum' };
    await sandbox.call('PATCH', `${CONTACTS}/${id}`, { properties });
    const { body } = await sandbox.read(id, ...Object.keys(properties));
    expect(body.properties).toMatchObject({
      district_enrollment: '12500',
      closedate: '2025-11-22T00:00:00Z',
      product_interests: 'analytics;curriculum',
    });
  });
});

describe('lifecycle stage', () => {
  it('answers a backward move with success and keeps the stage', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ lifecyclestage: 'opportunity' });
    const { status, body } = await sandbox.call('PATCH', `${CONTACTS}/${id}`, {
      properties: { lifecyclestage: 'lead' },
    });
    expect(status).toBe(200);
    expect(body.properties['lifecyclestage']).toBe('opportunity');
  });

  it('goes back only over "" in one request and the stage in another', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ lifecyclestage: 'opportunity' });
    await sandbox.call('PATCH', `${CONTACTS}/${id}`, { properties: { lifecyclestage: '' } });
    await sandbox.call('PATCH', `${CONTACTS}/${id}`, { properties: { lifecyclestage: 'lead' } });
    expect((await sandbox.read(id, 'lifecyclestage')).body.properties['lifecyclestage']).toBe('lead');
  });
});

describe('merge and privacy', () => {
  it('gives the merged record a new id that both old ids lead to, but not in a batch', async () => {
    const sandbox = await portal();
    const first = await sandbox.contact({ email: 'a@b.org' });
    const second = await sandbox.contact({ email: 'c@d.org', city: 'Reno' });
    const merge = { primaryObjectId: first, objectIdToMerge: second };
    const merged = await sandbox.call('POST', `${CONTACTS}/merge`, merge);
    const { id } = merged.body;
    expect([first, second]).not.toContain(id);
    const { body } = await sandbox.read(second, 'email', 'city', 'hs_merged_object_ids', 'hs_additional_emails');
    expect(body).toMatchObject({
      id,
      properties: {
        email: 'a@b.org',
        city: 'Reno',
        hs_merged_object_ids: `${first};${second}`,
        hs_additional_emails: 'c@d.org',
      },
    });
    expect((await sandbox.call('PATCH', `${CONTACTS}/${first}`, { properties: { city: 'Elko' } })).body.id).toBe(id);
    const inputs = [{ id: first, properties: { city: 'Ely' } }];
    const batch = await sandbox.call('POST', `${CONTACTS}/batch/update`, { inputs });
    expect(batch.status).toBe(207);
    expect(batch.body).toMatchObject({
      results: [],
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: [first] } }],
    });
  });

  it('forgets an erased contact altogether', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ email: 'a@b.org' });
    const erased = await sandbox.call('POST', `${CONTACTS}/gdpr-delete`, { objectId: 'a@b.org', idProperty: 'email' });
    expect(erased.status).toBe(204);
    expect((await sandbox.read(id)).status).toBe(404);
    expect((await sandbox.call('GET', `${CONTACTS}?archived=true`)).body.results).toStrictEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { portal, V } from './portal.ts';

const PROPERTIES = `/crm/properties/${V}/contacts`;
const score = {
  name: 'leadloop_score',
  label: 'Lead score',
  type: 'number',
  fieldType: 'number',
  groupName: 'contactinformation',
};

describe('properties', () => {
  it('creates once, then answers 409', async () => {
    const sandbox = await portal();
    expect((await sandbox.call('POST', PROPERTIES, score)).status).toBe(201);
    const { status, body } = await sandbox.call('POST', PROPERTIES, score);
    expect(status).toBe(409);
    expect(body).toMatchObject({
      category: 'OBJECT_ALREADY_EXISTS',
      subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
      context: { name: ['leadloop_score'] },
    });
  });

  it('archives, and a create of the archived name restores it', async () => {
    const sandbox = await portal();
    await sandbox.call('POST', PROPERTIES, score);
    expect((await sandbox.call('DELETE', `${PROPERTIES}/leadloop_score`)).status).toBe(204);
    expect((await sandbox.call('GET', `${PROPERTIES}/leadloop_score`)).status).toBe(404);
    expect((await sandbox.call('GET', `${PROPERTIES}?archived=true`)).body.results).toHaveLength(1);
    expect((await sandbox.call('POST', PROPERTIES, score)).status).toBe(201);
    expect((await sandbox.call('GET', `${PROPERTIES}/leadloop_score`)).status).toBe(200);
  });

  it.each(['Score', '1score', 'lead-score', 'lead score', '', 'a'.repeat(101)])('refuses the name %s', async (name) => {
    const sandbox = await portal();
    expect((await sandbox.call('POST', PROPERTIES, { ...score, name })).status).toBe(400);
  });

  it.each([
    ['number', 'text'],
    ['bool', 'select'],
    ['date', 'text'],
    ['json', 'text'],
  ])('refuses a %s shown as %s', async (type, fieldType) => {
    const sandbox = await portal();
    expect((await sandbox.call('POST', PROPERTIES, { ...score, type, fieldType })).status).toBe(400);
  });

  it('creates many at once: existing names fail singly with 207', async () => {
    const sandbox = await portal();
    await sandbox.call('POST', PROPERTIES, score);
    const inputs = [score, { ...score, name: 'leadloop_tier' }];
    const { status, body } = await sandbox.call('POST', `${PROPERTIES}/batch/create`, { inputs });
    expect(status).toBe(207);
    expect(body.results).toMatchObject([{ name: 'leadloop_tier' }]);
    expect(body.errors).toMatchObject([{ category: 'OBJECT_ALREADY_EXISTS', context: { name: ['leadloop_score'] } }]);
  });

  it('has groups of its own, created once', async () => {
    const sandbox = await portal();
    const group = { name: 'leadloop', label: 'Leadloop' };
    expect((await sandbox.call('POST', `${PROPERTIES}/groups`, group)).status).toBe(201);
    expect((await sandbox.call('POST', `${PROPERTIES}/groups`, group)).status).toBe(409);
    expect((await sandbox.call('GET', `${PROPERTIES}/groups/leadloop`)).body).toMatchObject(group);
  });

  it('a PATCH replaces the whole list of options and keeps what it leaves out', async () => {
    const sandbox = await portal();
    const options = ['hot', 'warm'].map((value) => ({ label: value, value }));
    await sandbox.call('POST', PROPERTIES, { ...score, type: 'enumeration', fieldType: 'select', options });
    const { body } = await sandbox.call('PATCH', `${PROPERTIES}/leadloop_score`, {
      options: [{ label: 'cold', value: 'cold' }],
    });
    expect(body).toMatchObject({ label: 'Lead score', options: [{ value: 'cold' }] });
    expect(body['options']).toHaveLength(1);
  });

  it('tells what is calculated and what is read-only', async () => {
    const sandbox = await portal();
    const { body } = await sandbox.call('GET', PROPERTIES);
    const byName = new Map(body.results.map((property) => [property.name, property]));
    const readOnly = { modificationMetadata: { readOnlyValue: true } };
    expect(byName.get('num_conversion_events')).toMatchObject({ calculated: true, ...readOnly });
    expect(byName.get('hs_email_open')).toMatchObject({ calculated: false, ...readOnly });
    expect(byName.get('lifecyclestage')).toMatchObject({ modificationMetadata: { readOnlyValue: false } });
  });
});

describe('associations', () => {
  it('pages the answer of one record and takes that page number back in its input', async () => {
    const sandbox = await portal({ contacts: 120, associationPageSize: 2 });
    const company = sandbox.store.associations;
    const [first] = [...sandbox.store.table('companies').from(0)];
    const id = String(first?.id);
    const all = company.list('companies', 'contacts', Number(id)).map((link) => link.to);
    expect(all.length).toBeGreaterThan(2);
    const seen: number[] = [];
    let input: { id: string; after?: string } | undefined = { id };
    while (input !== undefined) {
      const path = `/crm/associations/${V}/companies/contacts/batch/read`;
      const { body } = await sandbox.call('POST', path, { inputs: [input] });
      const [row] = body.results;
      seen.push(...(row?.to ?? []).map((to) => to.toObjectId));
      const after = row?.paging?.next.after;
      input = after === undefined ? undefined : { id, after };
    }
    expect(seen).toStrictEqual(all.toSorted((a, b) => a - b));
  });

  it('reports a record without any as an error row of a 207', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ email: 'a@b.org' });
    const path = `/crm/associations/${V}/contacts/companies/batch/read`;
    const { status, body } = await sandbox.call('POST', path, { inputs: [{ id }] });
    expect(status).toBe(207);
    expect(body.errors).toMatchObject([
      { category: 'OBJECT_NOT_FOUND', subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND' },
    ]);
  });

  it('has one primary company; the next one takes its place', async () => {
    const sandbox = await portal();
    const id = await sandbox.contact({ email: 'a@b.org' });
    const made = await Promise.all(
      ['One', 'Two'].map((name) => sandbox.call('POST', `/crm/objects/${V}/companies`, { properties: { name } })),
    );
    const [one, two] = made.map((answer) => answer.body.id);
    const base = `/crm/associations/${V}/contacts/companies/batch`;
    for (const company of [one, two]) {
      const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }];
      await sandbox.call('POST', `${base}/create`, { inputs: [{ from: { id }, to: { id: company }, types }] });
    }
    const { body } = await sandbox.call('POST', `${base}/read`, { inputs: [{ id }] });
    const typeIds = body.results[0]?.to.map((to) => to.associationTypes.map((type) => type.typeId));
    expect(typeIds).toStrictEqual([[279], [1, 279]]);
    expect((await sandbox.read(id, 'associatedcompanyid')).body.properties['associatedcompanyid']).toBe(two);
  });

  it('takes a thousand inputs and not one more', async () => {
    const sandbox = await portal();
    const inputs = Array.from({ length: 1_001 }, (_, id) => ({ id: String(id) }));
    const path = `/crm/associations/${V}/contacts/companies/batch/read`;
    expect((await sandbox.call('POST', path, { inputs })).status).toBe(400);
    expect((await sandbox.call('POST', path, { inputs: inputs.slice(1) })).status).toBe(207);
  });
});

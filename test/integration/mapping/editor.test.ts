import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { connectors } from '../../../connectors/index.ts';
import { applySettings } from '../../../src/config/execute.ts';
import { formatExport } from '../../../src/config/export.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { readStored } from '../../../src/config/stored.ts';
import { isWork } from '../../../src/config/apply.ts';
import type { ConnectorDefinition } from '../../../src/connector-sdk/connector.ts';
import type {
  Consequences,
  InRuleForm,
  LiveFields,
  MappingAnswer,
  MappingCheck,
  MappingDrift,
  MappingForm,
  MappingPreview,
  MappingVersion,
  MappingVersions,
} from '../../../src/http/api/mapping/schemas.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { type SignedIn, startConsole, type TestConsole } from '../../support/console.ts';
import { type Loop, startLoop, startSalesforceLoop } from '../../support/loop.ts';

const stack = new AsyncDisposableStack();
let loop: Loop;
let console: TestConsole;
let admin: SignedIn;
const path = '/orgs/acme/connections/acme-hubspot/mapping';

beforeAll(async () => {
  loop = stack.use(await startLoop());
  console = stack.use(await startConsole(loop.services));
  admin = await console.signedIn(loop.orgId, 'admin');
  await loop.sync();
});
afterAll(() => stack.disposeAsync());

async function get<Answer>(part = '', as: SignedIn = admin, at = path): Promise<Answer> {
  const { status, body } = await as.ask('GET', `${at}${part}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as Answer;
}

async function post<Answer>(part: string, body: object, at = path): Promise<Answer> {
  const answer = await admin.ask('POST', `${at}${part}`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as Answer;
}

/** The mapping with the rules of one target replaced. */
function withRule(
  definition: MappingForm,
  object: string,
  rule: Partial<InRuleForm> & { readonly to: string },
): MappingForm {
  const known = definition.objects[object]!;
  const usual = {
    from: [],
    transform: [],
    onInvalid: 'null',
    blank: 'keep',
    conflict: 'crm',
  } satisfies Partial<InRuleForm>;
  const rules = known.in.filter(({ to }) => to !== rule.to);
  return {
    ...definition,
    objects: { ...definition.objects, [object]: { ...known, in: [...rules, { ...usual, ...rule }] } },
  };
}

async function publish(definition: MappingForm, version: number, as = admin) {
  const { draft } = (await as.ask('GET', path)).body as { draft: { revision: number } | null };
  return as.ask(
    'POST',
    `${path}/publish`,
    { definition, revision: draft?.revision ?? 0 },
    { 'if-match': `"${version}"` },
  );
}

describe('what is there', () => {
  test('the mapping in force comes with what it can fill, what asks for it, and the objects of the CRM', async () => {
    const viewer = await console.signedIn(loop.orgId, 'viewer');
    const { version, definition, targets, objects, draft } = await get<MappingAnswer>('', viewer);
    expect({ version, draft }).toEqual({ version: 0, draft: null });
    expect(objects.map(({ object }) => object)).toEqual(['contacts', 'companies']);
    expect(definition.objects['contacts']!.in.map(({ to }) => to)).toContain('email');
    const needs = Object.fromEntries(targets.map(({ name, need }) => [name, need]));
    expect(needs).toMatchObject({ email: 'required', title: 'known', linkedin_url: 'optional' });
    const title = targets.find(({ name }) => name === 'title')!;
    expect(title.usedBy).toContainEqual(expect.objectContaining({ profile: 'mql', type: 'rule' }));
  });

  test('the fields of the CRM come with samples and fill rate, also those that no rule reads', async () => {
    const { fields, records } = await get<LiveFields>('/fields?object=contacts');
    expect(records).toBe(50);
    const email = fields.find(({ name }) => name === 'email')!;
    expect(email.filled).toBeGreaterThan(40);
    expect(email.samples[0]).toContain('@');
    const mapped = new Set((await get<MappingAnswer>()).definition.objects['contacts']!.in.flatMap(({ from }) => from));
    expect(fields.filter(({ name, filled }) => filled > 0 && !mapped.has(name)).length).toBeGreaterThan(0);
  });

  test('an object that is not to be mapped is none', async () => {
    const { status, body } = await admin.ask('GET', `${path}/fields?object=forms`);
    expect({ status, body }).toMatchObject({ status: 404, body: { code: 'mapping-object-unknown' } });
  });

  test('of another connection nothing is told', async () => {
    const { status } = await admin.ask('GET', '/orgs/acme/connections/none/mapping');
    expect(status).toBe(404);
  });
});

describe('preview', () => {
  test('shows raw, mapped and both scores, and writes nothing', async () => {
    const { definition } = await get<MappingAnswer>();
    const draft = withRule(definition, 'contacts', { to: 'title', from: ['jobtitle'], transform: [{ name: 'upper' }] });
    const before = await loop.db.sql('select id, updated_at, title, lead_score from leads order by id');
    const { records } = await post<MappingPreview>('/preview', { definition: draft, object: 'contacts' });
    expect(records).toHaveLength(5);
    const cells = records.map(({ cells }) => cells.at(-1)!);
    expect(cells.every(({ to }) => to === 'title')).toBe(true);
    const set = cells.filter(({ outcome }) => outcome === 'set');
    expect(set.length).toBeGreaterThan(0);
    for (const { raw, value } of set) expect(value).toBe(String(raw[0]).toUpperCase());
    expect(records.every(({ now, draft: with_ }) => now !== null && with_ !== null)).toBe(true);
    expect(await loop.db.sql('select id, updated_at, title, lead_score from leads order by id')).toEqual(before);
  });

  test('with the mapping in force, both scores are the one that the lead has', async () => {
    const { definition } = await get<MappingAnswer>();
    const { records } = await post<MappingPreview>('/preview', { definition, object: 'contacts' });
    for (const { leadId, now, draft } of records) {
      const [lead] = await loop.db.sql<{ lead_score: number }>('select lead_score from leads where id = $1', [leadId]);
      expect(now!.total).toBe(lead!.lead_score);
      expect(draft).toEqual(now);
    }
  });

  test('a rule that changes what is scored changes the score, by the engine that would do so', async () => {
    const [lead] = await loop.db.sql<{ id: string; email: string; lead_score: number }>(
      `select id, email, lead_score from leads where title is not null and lead_score between 5 and 60 limit 1`,
    );
    const { definition } = await get<MappingAnswer>();
    // Everybody is a superintendent, who counts the most.
    const all = { name: 'values', map: {}, otherwise: 'Superintendent' } as const;
    const draft = withRule(definition, 'contacts', { to: 'title', from: ['email'], transform: [all] });
    const found = await post<MappingPreview>('/preview', {
      definition: draft,
      object: 'contacts',
      search: lead!.email,
    });
    expect(found.records).toHaveLength(1);
    const [record] = found.records;
    expect(record).toMatchObject({ leadId: lead!.id, now: { total: lead!.lead_score } });
    expect(record!.draft!.total).toBeGreaterThanOrEqual(lead!.lead_score);
    expect(record!.cells.at(-1)).toMatchObject({ to: 'title', value: 'Superintendent', outcome: 'set' });
  });

  test('a value that cannot be converted says why, without the value', async () => {
    const { definition } = await get<MappingAnswer>();
    const draft = withRule(definition, 'contacts', {
      to: 'enrollment',
      from: ['email'],
      transform: [{ name: 'integer' }],
    });
    const { records } = await post<MappingPreview>('/preview', { definition: draft, object: 'contacts' });
    const cell = records
      .flatMap(({ cells }) => cells)
      .find(({ to, outcome }) => to === 'enrollment' && outcome === 'invalid')!;
    expect(cell.reason).toContain('is not a number');
    expect(cell.reason).not.toContain('@');
  });
});

describe('drafts', () => {
  test('whoever saves over the work of another is told, and an operator saves nothing', async () => {
    const { definition } = await get<MappingAnswer>();
    const save = (revision: number, as = admin) =>
      as.ask('PUT', `${path}/draft`, { definition, basedOn: 0 }, { 'if-match': `"${revision}"` });
    const operator = await console.signedIn(loop.orgId, 'operator');
    expect((await save(0, operator)).status).toBe(403);
    expect(await save(0)).toMatchObject({ status: 200, body: { revision: 1 } });
    expect(await save(0)).toMatchObject({ status: 412, body: { code: 'version-stale' } });
    expect(await save(1)).toMatchObject({ status: 200, body: { revision: 2 } });
    expect((await get<MappingAnswer>()).draft).toMatchObject({ revision: 2, updatedBy: admin.email });
    expect((await admin.ask('PUT', `${path}/draft`, { definition, basedOn: 0 })).status).toBe(428);
    expect((await admin.ask('DELETE', `${path}/draft`, undefined, { 'if-match': '"1"' })).status).toBe(412);
    expect((await admin.ask('DELETE', `${path}/draft`, undefined, { 'if-match': '"2"' })).status).toBe(204);
    expect((await get<MappingAnswer>()).draft).toBeNull();
  });
});

describe('from a draft to a version', () => {
  test('what is wrong is named with its remedy, and stops the publication', async () => {
    const { definition, version } = await get<MappingAnswer>();
    const broken = withRule(definition, 'contacts', { to: 'no_such_field', from: ['email'] });
    const { mistakes, problems } = await post<MappingCheck>('/check', { definition: broken });
    expect(mistakes.map(({ message }) => message).join()).toContain('no_such_field');
    expect(problems).toEqual(expect.any(Array));
    expect(await publish(broken, version)).toMatchObject({ status: 422, body: { code: 'mapping-invalid' } });
    const missing = withRule(definition, 'contacts', { to: 'industry', from: ['no_such_property'] });
    const checked = await post<MappingCheck>('/check', { definition: missing });
    expect(checked.mistakes).toEqual([]);
    expect(checked.problems).toContainEqual(
      expect.objectContaining({ field: 'no_such_property', code: 'missing-field', severity: 'pauses' }),
    );
  });

  test('the consequences are told before, and the next sync has them; versions can be compared and restored', async () => {
    const { definition, version } = await get<MappingAnswer>();
    const rules = withRule(definition, 'contacts', { to: 'title', from: ['jobtitle'], transform: [{ name: 'upper' }] });
    const contacts = rules.objects['contacts']!;
    const draft = {
      ...rules,
      objects: {
        ...rules.objects,
        contacts: { ...contacts, out: contacts.out.filter(({ from }) => from !== 'reasons') },
      },
    };
    const told = await post<Consequences>('/consequences', { definition: draft });
    expect(told.fields.find(({ to }) => to === 'title')!.changed).toBeGreaterThan(0);
    expect(told.stopsWriting).toEqual([{ object: 'contacts', from: 'reasons', to: 'leadloop_reasons' }]);
    expect(told.startsWriting).toEqual([]);
    await admin.ask('PUT', `${path}/draft`, { definition: draft, basedOn: version }, { 'if-match': '"0"' });
    expect(await publish(draft, version + 7)).toMatchObject({ status: 412 });
    expect(await publish(draft, version)).toMatchObject({ status: 200, body: { version: version + 1 } });
    expect(await get<MappingAnswer>()).toMatchObject({ version: version + 1, draft: null });
    await loop.sync();
    const [loud] = await loop.db.sql<{ count: number }>(
      'select count(*)::int as count from leads where title <> upper(title)',
    );
    expect(loud!.count).toBe(0);
    const [audit] = await loop.db.sql<{ actor: string; action: string }>(
      `select actor, action from audit_log where action like 'mapping.%' order by id desc limit 1`,
    );
    expect(audit).toEqual({ actor: admin.email, action: 'mapping.create' });

    expect(await publish(definition, version + 1)).toMatchObject({ status: 200, body: { version: version + 2 } });
    const { versions } = await get<MappingVersions>('/versions');
    expect(versions.map((one) => one.version)).toEqual([version + 2, version + 1]);
    const { differences } = await get<{ differences: { path: string }[] }>(
      `/versions/${version + 1}/differences?to=${version + 2}`,
    );
    expect(differences.map((one) => one.path).join()).toContain('objects.contacts.in[title].transform');
    const restored = await admin.ask('POST', `${path}/versions/${version + 1}/restore`, undefined, {
      'if-match': `"${version + 2}"`,
    });
    expect(restored).toMatchObject({ status: 200, body: { version: version + 3 } });
    expect((await get<MappingAnswer>()).definition.objects['contacts']!.out.map(({ from }) => from)).not.toContain(
      'reasons',
    );
    expect((await admin.ask('GET', `${path}/versions/99`)).status).toBe(404);
  });

  test('publishing what is in force already makes no further version', async () => {
    const { definition, version } = await get<MappingAnswer>();
    expect(version).toBeGreaterThan(0);
    expect(await publish(definition, version)).toMatchObject({ status: 200, body: { version } });
  });

  test('an event rule that looks where nothing is, or says not what it counts as, stops the publication', async () => {
    const { definition, version, eventSources, eventTypes } = await get<MappingAnswer>();
    expect(eventSources).toEqual([{ object: 'forms', texts: ['name'] }]);
    expect(eventTypes).toContainEqual({ name: 'content_download', counter: 'content_downloads' });
    const wrong = {
      ...definition,
      events: [
        { object: 'contacts', contains: 'demo', type: 'demo_request' },
        { object: 'forms', contains: { 'page.title': 'demo' }, type: 'demo_request' },
        { object: 'forms', contains: 'demo', type: '' },
      ],
    };
    const { mistakes } = await post<MappingCheck>('/check', { definition: wrong });
    expect(mistakes.map((one) => one.path)).toEqual([
      'events[2].type',
      'events[0].object',
      'events[1].contains["page.title"]',
    ]);
    expect(mistakes[2]!.remedy).toContain('name');
    expect(await publish(wrong, version)).toMatchObject({ status: 422, body: { code: 'mapping-invalid' } });
  });

  test('event rules that are published count anew what was read before, and differ line by line', async () => {
    const { definition, version } = await get<MappingAnswer>();
    const counted = async (type: string) => {
      const [row] = await loop.db.sql<{ count: number }>(
        'select count(*)::int as count from engagement_events where type = $1',
        [type],
      );
      return row!.count;
    };
    const [demos, meetings] = [await counted('demo_request'), await counted('meeting')];
    expect(demos).toBeGreaterThan(0);
    const events = definition.events.map((rule) =>
      rule.contains === 'demo' ? { object: 'forms', contains: { name: 'DEMO' }, type: 'meeting' } : rule,
    );
    const told = await post<Consequences>('/consequences', { definition: { ...definition, events } });
    expect(told.differences.map((one) => one.path)).toEqual(['events[forms “name: DEMO”]', 'events[forms “demo”]']);
    expect(await publish({ ...definition, events }, version)).toMatchObject({ status: 200 });
    await loop.sync();
    expect([await counted('demo_request'), await counted('meeting')]).toEqual([0, meetings + demos]);
  });

  test('what the console saves, export writes, and apply of that changes nothing', async () => {
    const { version } = await get<MappingAnswer>();
    const { yaml, definition } = await get<MappingVersion>(`/versions/${version}`);
    const stored = (await loop.db.database.transaction(loop.orgId, readStored))!;
    const exported = formatExport([stored]);
    const [connection] = (parse(exported) as { orgs: { connections: { mapping: unknown }[] }[] }).orgs[0]!.connections;
    expect(parse(yaml)).toEqual(connection!.mapping);
    const folder = await mkdtemp(join(tmpdir(), 'leadloop-'));
    const definitions = connectors as unknown as readonly ConnectorDefinition[];
    const context = { connectors: definitions, defaultProfiles: [defaultMqlProfile, defaultPlgProfile] };
    await writeFile(join(folder, 'mapping.yaml'), yaml);
    await writeFile(
      join(folder, 'leadloop.yaml'),
      `orgs: [{ slug: acme, name: acme, connections: [{ name: acme-hubspot, kind: hubspot, credentials: { accessToken: { env: T } }, mapping: mapping.yaml }] }]`,
    );
    const settings = await loadSettings(join(folder, 'leadloop.yaml'), context);
    expect(settings.orgs[0]!.connections[0]!.mapping).toEqual(definition);
    const changes = await applySettings(
      {
        ...loop.services,
        readCredentials: () => ({ missing: ['T'] }),
        readAddress: () => ({ missing: [] }),
        defaultProfiles: [],
        actor: 'test',
      },
      settings,
      { dryRun: true },
    );
    expect(changes.filter((one) => one.subject === 'mapping' && isWork(one))).toEqual([]);
  });
});

test('where nothing new is read, every record is looked at: what is told is what the next sync does', async () => {
  await using own = await startLoop({ sandbox: { contacts: 120 } });
  await own.sync();
  await using there = await startConsole(own.services);
  const as = await there.signedIn(own.orgId, 'admin');
  const { definition, version } = await get<MappingAnswer>('', as);
  const scores = async () =>
    new Map(
      (await own.db.sql<{ id: string; score: number }>('select id, lead_score as score from leads')).map((row) => [
        row.id,
        row.score,
      ]),
    );
  const before = await scores();
  const rule = definition.objects['contacts']!.in.find(({ to }) => to === 'title')!;
  const everybody = { name: 'values' as const, map: {}, otherwise: 'Superintendent' };
  const draft = withRule(definition, 'contacts', { ...rule, transform: [everybody] });
  const told = (await as.ask('POST', `${path}/consequences`, { definition: draft })).body as Consequences;
  const [{ count: living } = { count: 0 }] = await own.db.sql<{ count: number }>(
    `select count(*)::int as count from source_records where object = 'contacts' and gone_at is null`,
  );
  expect(living).toBeGreaterThan(100);
  expect(told.looked).toContainEqual({ object: 'contacts', records: living, isAll: true });
  await as.ask('POST', `${path}/publish`, { definition: draft, revision: 0 }, { 'if-match': `"${version}"` });
  await own.sync();
  const after = await scores();
  const changed = [...after].filter(([id, score]) => before.get(id) !== score);
  expect(changed.length).toBeGreaterThan(0);
  expect(told.scoresChanged).toBe(changed.length);
  // A field that nothing has read yet is only in the CRM: a sample of it is taken there.
  const fresh = withRule(draft, 'contacts', { to: 'industry', from: ['createdate'] });
  const sampled = (await as.ask('POST', `${path}/consequences`, { definition: fresh })).body as Consequences;
  expect(sampled.looked).toContainEqual({ object: 'contacts', records: 50, isAll: false });
});

test('a field that is gone from the CRM is named with what rests on it', async () => {
  await using own = await startLoop();
  await using there = await startConsole(own.services);
  const as = await there.signedIn(own.orgId, 'admin');
  const { definition } = await get<MappingAnswer>('', as);
  const drifted = withRule(definition, 'contacts', { to: 'title', from: ['gone_title'] });
  const published = await as.ask(
    'POST',
    `${path}/publish`,
    { definition: drifted, revision: 0 },
    { 'if-match': '"0"' },
  );
  expect(published.status).toBe(200);
  const { breakages, unanswered } = await get<MappingDrift>('/drift', as);
  expect(unanswered).toBeNull();
  expect(breakages).toMatchObject([{ field: 'gone_title', fills: ['title'], isAlone: true, code: 'missing-field' }]);
  expect(breakages[0]!.usedBy.map(({ type }) => type)).toContain('rule');
  // Only that field pauses: the rest of the mapping works.
  const report = await own.sync();
  const paused = report.problems.filter(({ severity }) => severity === 'pauses');
  expect(paused.map(({ field }) => field)).toEqual(['gone_title']);
});

test('before the first sync, samples and previews come from the CRM itself', async () => {
  await using own = await startLoop();
  await using there = await startConsole(own.services);
  const as = await there.signedIn(own.orgId, 'admin');
  const { records } = await get<LiveFields>('/fields?object=contacts', as);
  expect(records).toBeGreaterThan(0);
  const { definition } = await get<MappingAnswer>('', as);
  const answer = await as.ask('POST', `${path}/preview`, { definition, object: 'contacts' });
  const preview = answer.body as MappingPreview;
  expect(preview.records[0]).toMatchObject({ leadId: null, now: null, draft: { total: expect.any(Number) } });
});

test('Salesforce leads, contacts and accounts are mapped by the same editor', async () => {
  await using own = await startSalesforceLoop();
  await using there = await startConsole(own.services);
  const as = await there.signedIn(own.orgId, 'admin');
  const at = '/orgs/acme/connections/acme-salesforce/mapping';
  await own.sync();
  const { definition, objects } = await get<MappingAnswer>('', as, at);
  expect(objects.map(({ object }) => object)).toEqual(['Lead', 'Contact', 'Account', 'Opportunity']);
  for (const { object } of objects) {
    const { fields } = await get<LiveFields>(`/fields?object=${object}`, as, at);
    expect(fields.length, object).toBeGreaterThan(0);
  }
  const { records } = (await as.ask('POST', `${at}/preview`, { definition, object: 'Lead' })).body as MappingPreview;
  expect(records).toHaveLength(5);
  expect(records.map(({ draft }) => draft)).toEqual(records.map(({ now }) => now));
  const told = (await as.ask('POST', `${at}/consequences`, { definition })).body as Consequences;
  expect(told).toMatchObject({ differences: [], fields: [], scoresChanged: 0, check: { mistakes: [] } });
  const published = await as.ask('POST', `${at}/publish`, { definition, revision: 0 }, { 'if-match': '"0"' });
  expect(published).toMatchObject({ status: 200, body: { version: 1 } });
});

import { describe, expect, it } from 'vitest';
import { isWork, planApply, type StoredOrg } from '../../../src/config/apply.ts';
import { formatExport } from '../../../src/config/export.ts';
import type { OrgSettings, SourceSettings } from '../../../src/config/settings.ts';
import { load, problemsOf } from './support.ts';

const query = 'select email, captured_at, api_calls_30d from usage_daily where captured_at >= $1';

function file(lines: Readonly<Record<string, string>> = {}): string {
  const all = {
    name: 'product-usage',
    kind: 'usage',
    database: '{ env: PRODUCT_DATABASE_URL }',
    query: `"${query}"`,
    since: '{ column: captured_at, first: "2026-01-01" }',
    ...lines,
  };
  const text = Object.entries(all).flatMap(([key, value]) => (value === '' ? [] : [`${key}: ${value}`]));
  return `orgs:\n  - slug: acme\n    sources:\n      - ${text.join('\n        ')}\n`;
}

async function orgOf(lines: Readonly<Record<string, string>> = {}): Promise<OrgSettings> {
  return (await load({ 'c.yaml': file(lines) })).orgs[0]!;
}

const sourceOf = async (lines: Readonly<Record<string, string>> = {}): Promise<SourceSettings> =>
  (await orgOf(lines)).sources[0]!;

const problemOf = async (lines: Readonly<Record<string, string>>): Promise<string> =>
  (await problemsOf({ 'c.yaml': file(lines) })).map(({ path, message }) => `${path}: ${message}`).join('\n');

const none = { since: '', query: '"select email from users"' };

describe('sources', () => {
  it('take their defaults', async () => {
    expect(await sourceOf()).toEqual({
      name: 'product-usage',
      kind: 'usage',
      secrets: { database: { env: 'PRODUCT_DATABASE_URL' } },
      query,
      since: { column: 'captured_at', first: '2026-01-01' },
      columns: {},
      schedule: null,
      timezone: 'UTC',
    });
    expect(await sourceOf(none)).toMatchObject({ since: null });
  });

  it('may end their query with a semicolon, begin it with a comment, and count from a number', async () => {
    expect((await sourceOf({ ...none, query: '"select email from users ; "' })).query).toBe('select email from users');
    const commented = '"-- who\\n /* all */ with u as (select 1) select * from u"';
    expect((await sourceOf({ ...none, query: commented })).query).toMatch(/^-- who/u);
    expect((await sourceOf({ since: '{ column: id, first: 0 }' })).since).toEqual({ column: 'id', first: '0' });
  });

  it.each([
    [{ kind: 'events' }, /sources\[0\]\.kind: /u],
    [{ database: 'postgres://user:hush@host/db' }, /sources\[0\]\.database: /u],
    [{ schedule: '"every hour"' }, /sources\[0\]\.schedule: "every hour" is no schedule/u],
    [{ schedule: '"0 0 * * Monday"' }, /sources\[0\]\.schedule: "0 0 \* \* Monday" is no schedule/u],
    [{ timezone: 'Mars' }, /sources\[0\]\.timezone: "Mars" is no time zone/u],
    [{ since: '' }, /sources\[0\]\.query: the query asks for \$1, and there is no since/u],
    [{ query: '"select email from users"' }, /sources\[0\]\.query: there is a since/u],
    [{ query: '"select email from users where $1 < $2"' }, /more parameters than \$1/u],
    [{ ...none, query: '"delete from users"' }, /the query is no SELECT/u],
    [{ ...none, query: '"-- select\\ntruncate users"' }, /the query is no SELECT/u],
    [{ columns: '{ emial: address }' }, /sources\[0\]\.columns\.emial: there is no field "emial"/u],
    [{ since: '{ column: id }' }, /sources\[0\]\.since/u],
    [{ sql: '"select 1"' }, /sources\[0\]\.sql/u],
  ] as const)('%j is refused where it stands', async (lines, message) => {
    const text = await problemOf(lines);
    expect(text).toMatch(message);
    expect(text).not.toContain('hush');
  });

  it('have names of their own', async () => {
    const twice = file() + file().slice(file().indexOf('      - '));
    const [problem] = await problemsOf({ 'c.yaml': twice });
    expect(problem).toMatchObject({
      path: 'orgs[0].sources[1].name',
      message: 'the name "product-usage" is there already',
    });
  });
});

/** What the database has after `org` was applied. */
const stored = ({ slug, name, sources }: OrgSettings): StoredOrg => ({
  id: 'org-1',
  slug,
  name,
  connections: [],
  sources: sources.map((source, index) => ({ ...source, id: `s-${index}`, sealedWith: 'k1', fingerprint: 'k1:00' })),
  profiles: [],
  examples: [],
});

const planned = (
  current: StoredOrg | null,
  wanted: OrgSettings,
  state: 'same' | 'changed' | 'old-key' | 'unavailable',
) =>
  planApply(current, wanted, () => state)
    .filter((change) => (isWork(change) || change.action === 'left-alone') && change.subject !== 'profile')
    .map(({ action, subject, name, differences }) => [action, subject, name, ...differences.map(({ path }) => path)]);

describe('apply', () => {
  it('creates a source with its address, and changes nothing the second time', async () => {
    const org = await orgOf();
    expect(planned(null, org, 'changed').map(([action, subject, name]) => [action, subject, name])).toEqual([
      ['create', 'org', ''],
      ['create', 'source', 'product-usage'],
      ['create', 'address', 'product-usage'],
    ]);
    expect(planned(stored(org), org, 'same')).toEqual([]);
    expect(planned(stored(org), org, 'unavailable')).toEqual([]);
  });

  it('updates what changed and nothing else', async () => {
    const current = stored(await orgOf());
    const wanted = await orgOf({ schedule: '"0 * * * *"', columns: '{ email: user_email }' });
    expect(planned(current, wanted, 'same')).toEqual([
      ['update', 'source', 'product-usage', 'columns.email', 'schedule'],
    ]);
    expect(planned(current, await orgOf(), 'changed')).toEqual([['update', 'address', 'product-usage']]);
    expect(planned(current, await orgOf(), 'old-key')).toEqual([['update', 'address', 'product-usage']]);
    expect(planned(current, await orgOf({ database: '{ env: OTHER }' }), 'same')).toEqual([
      ['update', 'address', 'product-usage', 'database.env'],
    ]);
    expect(planned(current, await orgOf({ name: 'other' }), 'changed')).toContainEqual([
      'left-alone',
      'source',
      'product-usage',
    ]);
  });

  it('takes what was exported for what there is', async () => {
    const org = await orgOf({ schedule: '"0 * * * *"', columns: '{ email: user_email }' });
    const exported = formatExport([stored(org)]);
    expect(exported).not.toMatch(/fingerprint|sealed/u);
    expect((await load({ 'c.yaml': exported })).orgs[0]?.sources).toEqual(org.sources);
    expect(formatExport([{ ...stored(org), sources: [] }])).not.toContain('sources');
  });
});

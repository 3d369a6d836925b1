import { describe, expect, it } from 'vitest';
import { type Change, isWork, planApply, type StoredOrg } from '../../../src/config/apply.ts';
import { formatExport } from '../../../src/config/export.ts';
import { loadSettings } from '../../../src/config/load.ts';
import type { OrgSettings } from '../../../src/config/settings.ts';
import { renderChanges } from '../../../src/cli/render/changes.ts';
import { plain } from '../../../src/cli/style.ts';
import { connectors } from '../../../connectors/index.ts';
import { defaultMqlProfile } from '../../../src/scoring/defaults.ts';
import { context, load, written } from './support.ts';

const file = `orgs:
  - slug: acme
    name: Acme
    connections:
      - name: acme-hubspot
        kind: hubspot
        credentials: { accessToken: { env: HUBSPOT_TOKEN } }
        schedule: "*/15 * * * *"
`;

async function orgOf(text: string): Promise<OrgSettings> {
  const [org] = (await load({ 'c.yaml': text })).orgs;
  if (org === undefined) throw new Error('no organisation');
  return org;
}

/** What the database has after `org` was applied. */
function stored({ slug, name, connections, sources, profiles, examples }: OrgSettings): StoredOrg {
  return {
    id: 'org-1',
    slug,
    name,
    connections: connections.map(({ options, credentials, mapping, ...connection }, index) => ({
      ...connection,
      id: `connection-${index}`,
      sealedWith: 'k1',
      settings: { ...options, credentials, credentialsFingerprint: 'k1:00' },
      mapping: mapping && { version: 1, definition: mapping },
    })),
    sources: sources.map((source, index) => ({
      ...source,
      id: `source-${index}`,
      sealedWith: 'k1',
      fingerprint: 'k1:00',
    })),
    profiles: profiles.map((profile) => ({ kind: profile.kind, version: 7, profile: { ...profile, version: 7 } })),
    examples,
  };
}

const same = () => 'same' as const;
const work = (changes: readonly Change[]) =>
  changes
    .filter(isWork)
    .map(({ action, subject, name, differences }) => [action, subject, name, differences.map(({ path }) => path)]);

describe('apply', () => {
  it('creates everything in an empty database', async () => {
    const changes = planApply(null, await orgOf(file), () => 'changed');
    expect(
      work(changes).map(([action, subject, name]) => `${String(action)} ${String(subject)} ${String(name)}`),
    ).toEqual([
      'create org ',
      'create connection acme-hubspot',
      'create credentials acme-hubspot',
      'create mapping acme-hubspot',
      'create profile mql',
      'create profile plg',
    ]);
  });

  it('changes nothing the second time', async () => {
    const org = await orgOf(file);
    const changes = planApply(stored(org), org, same);
    expect(work(changes)).toEqual([]);
    expect(renderChanges(changes, plain)).toBe('nothing to change');
  });

  it('sees no difference where a row leaves out what has a default', async () => {
    const org = await orgOf(file);
    const [connection] = stored(org).connections;
    if (connection === undefined) throw new Error('no connection');
    const { credentials, credentialsFingerprint } = connection.settings;
    const bare = { ...connection, quota: {}, push: {}, settings: { credentials, credentialsFingerprint } };
    expect(work(planApply({ ...stored(org), connections: [bare as typeof connection] }, org, same))).toEqual([]);
  });

  it('updates what changed and nothing else, rule by rule', async () => {
    const org = await orgOf(file);
    const wanted = await orgOf(`${file.replace('*/15', '*/5')}        mapping:
          objects:
            contacts:
              in: [{ from: email, to: email, transform: [trim, lower] }, { from: jobtitle, to: title }]
`);
    const changes = planApply(stored(org), wanted, same);
    expect(work(changes)).toEqual([
      ['update', 'connection', 'acme-hubspot', ['schedule']],
      [
        'update',
        'mapping',
        'acme-hubspot',
        ['objects.contacts.in[email].transform[lower]', 'objects.contacts.in[title]'],
      ],
    ]);
    expect(renderChanges(changes, plain)).toContain('- schedule: "*/15 * * * *"\n  + schedule: "*/5 * * * *"');
  });

  it('notices a new secret without showing it, and keeps the stored one where none is at hand', async () => {
    const org = await orgOf(file);
    const changed = planApply(stored(org), org, () => 'changed');
    expect(work(changed)).toEqual([['update', 'credentials', 'acme-hubspot', []]]);
    const rotated = planApply(stored(org), org, () => 'old-key').filter(isWork);
    expect(rotated).toMatchObject([{ subject: 'credentials', note: 'sealed anew, with the current key' }]);
    const away = planApply(stored(org), org, () => 'unavailable');
    expect(work(away)).toEqual([]);
    expect(away.find(({ subject }) => subject === 'credentials')?.note).toContain('the stored one stays');
  });

  it('leaves alone what the file does not name, and says so', async () => {
    const org = await orgOf(file);
    const changes = planApply(stored(org), { ...org, connections: [], profiles: org.profiles.slice(0, 1) }, same);
    expect(work(changes)).toEqual([]);
    expect(
      changes.filter(({ action }) => action === 'left-alone').map(({ subject, name }) => `${subject} ${name}`),
    ).toEqual(['connection acme-hubspot', 'profile plg']);
    expect(renderChanges(changes, plain)).toContain(
      '! connection acme/acme-hubspot  the configuration does not name it',
    );
  });
});

describe('the examples of a profile', () => {
  const asked = { name: 'who asked', facts: { demo_requested: true }, total: 45, tier: 'nurture', qualifies: true };
  const stranger = { name: 'a stranger', facts: { title: null }, total: null, tier: 'monitor', qualifies: null };
  const naming = async (examples: readonly object[]): Promise<OrgSettings> => {
    const profile = { ...defaultMqlProfile, examples };
    return orgOf(JSON.stringify({ orgs: [{ slug: 'acme', name: 'Acme', profiles: [profile] }] }));
  };

  it('are exported, and apply of that changes nothing, whether the profile is stored or not', async () => {
    const org = await naming([asked, stranger]);
    expect(org.examples).toEqual([{ kind: 'mql', examples: [asked, stranger] }]);
    for (const current of [stored(org), { ...stored(org), profiles: [] }]) {
      const again = await orgOf(formatExport([current]));
      expect(again.profiles).toMatchObject([{ kind: 'mql' }]);
      expect(again.examples).toEqual(org.examples);
      expect(work(planApply(stored(org), again, same))).toEqual([]);
    }
  });

  it('become what the file says: added, changed and removed, each under its name', async () => {
    const [none, both] = [await naming([]), await naming([asked, stranger])];
    expect(work(planApply(stored(none), both, same))).toEqual([['create', 'examples', 'mql', ['examples']]]);
    expect(work(planApply(stored(both), await naming([{ ...asked, total: 50 }]), same))).toEqual([
      ['update', 'examples', 'mql', ['examples[who asked].total', 'examples[a stranger]']],
    ]);
    expect(work(planApply(stored(both), none, same))).toEqual([['update', 'examples', 'mql', ['examples']]]);
    expect(work(planApply({ ...stored(none), examples: [] }, none, same))).toEqual([]);
  });

  it('stay as they are where the file names none, and are no part of the profile', async () => {
    const both = await naming([asked, stranger]);
    const changes = planApply(stored(both), { ...both, examples: [] }, same);
    expect(work(changes)).toEqual([]);
    expect(changes).toContainEqual(expect.objectContaining({ action: 'left-alone', subject: 'examples', name: 'mql' }));
    expect(both.profiles).toEqual([defaultMqlProfile]);
  });
});

describe('export', () => {
  it('gives what apply finds no difference in, with every default connection of ours', async () => {
    const settings = await loadSettings('config/leadloop.yaml', { ...context, connectors });
    const current = settings.orgs.map(stored);
    const text = formatExport(current);
    const again = await loadSettings(written({ 'export.yaml': text }), { ...context, connectors });
    const changes = again.orgs.flatMap((org, index) => planApply(current[index] ?? null, org, same));
    expect(work(changes)).toEqual([]);
    expect(text).toContain('env: HUBSPOT_TOKEN');
    expect(text).not.toContain('k1:00');
  });
});

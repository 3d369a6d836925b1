import { describe, expect, it } from 'vitest';
import { connectors } from '../../../connectors/index.ts';
import { salesforce } from '../../../connectors/salesforce/index.ts';
import { differences } from '../../../src/config/differences.ts';
import { readProfileValue } from '../../../src/config/load-profiles.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { ConfigurationError } from '../../../src/config/problems.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { context, defaultMapping, load, problemsOf, written } from './support.ts';

const connectionWith = (lines: string) => `orgs:
  - slug: acme
    connections:
      - name: acme-hubspot
        kind: hubspot
${lines.replaceAll(/^/gm, '        ')}
`;

describe('the configuration', () => {
  it('of the manual is accepted, for Salesforce too', async () => {
    const settings = await load({
      'leadloop.yaml': `
orgs:
  - slug: acme
    connections:
      - name: acme-hubspot
        kind: hubspot
        baseUrl: http://127.0.0.1:9001
        credentials: { accessToken: { env: HUBSPOT_TOKEN } }
        schedule: "*/15 * * * *"
        quota: { dailyShare: 0.25, stopAtOrgUse: 0.8 }
        push: { mode: auto, blastRadius: { records: 500, share: 0.2 } }
        mapping: hubspot.yaml
      - name: acme-salesforce
        kind: salesforce
        loginUrl: https://acme.my.salesforce.com
        credentials: { clientId: public, clientSecret: { env: SF_SECRET } }
`,
      'hubspot.yaml': `
objects:
  contacts:
    in:
      - { from: email, to: email, transform: [trim, lower], onInvalid: "null" }
      - { from: [firstname, lastname], to: name, transform: [{ concat: " " }, trim] }
      - { from: hs_analytics_num_visits, to: website_visits, transform: [integer], blank: keep, conflict: crm }
      - { from: recent_conversion_event_name, to: demo_requested, transform: [{ contains: demo }] }
    out:
      - { from: lead_score, to: leadloop_score, write: always }
      - { from: segment, to: leadloop_segment }
`,
    });
    const [hubspot, salesforce] = settings.orgs[0]?.connections ?? [];
    expect(hubspot?.mapping?.objects['contacts']?.in[1]).toEqual({
      from: ['firstname', 'lastname'],
      to: 'name',
      transform: [{ name: 'concat', separator: ' ' }, { name: 'trim' }],
      onInvalid: 'null',
      blank: 'keep',
      conflict: 'crm',
    });
    expect(hubspot?.mapping?.objects['contacts']?.out[1]?.write).toBe('always');
    // A counter that a rule fills comes from the CRM, the others from events.
    expect(hubspot?.mapping?.counters).toMatchObject({
      website_visits: 'crm',
      demo_requested: 'crm',
      email_opens: 'events',
    });
    expect(hubspot?.mapping?.events).toEqual(defaultMapping.events);
    expect(salesforce).toMatchObject({
      kind: 'salesforce',
      mapping: null,
      options: { connector: { loginUrl: 'https://acme.my.salesforce.com' } },
    });
    expect(settings.orgs[0]?.profiles).toEqual([defaultMqlProfile, defaultPlgProfile]);
  });

  it('that is left out takes the documented defaults, and is frozen', async () => {
    const settings = await load({ 'c.yaml': connectionWith('credentials: { accessToken: { file: token } }') });
    const connection = settings.orgs[0]?.connections[0];
    expect(connection).toMatchObject({
      baseUrl: null,
      schedule: null,
      quota: { dailyShare: 0.25, stopAtOrgUse: 0.8, urgentReserve: 0.1, dailyLimit: null },
      push: { mode: 'plan', blastRadius: { records: 500, share: 0.2 }, massFrom: null },
      options: {
        connector: {},
        timezone: 'UTC',
        pull: { lagSeconds: 120, fullPassHours: 24, liveEverySeconds: null, objects: null },
      },
      mapping: defaultMapping,
    });
    expect(connection?.credentials['accessToken']).toEqual({
      file: expect.stringMatching(/leadloop-config-.*\/token$/) as string,
    });
    expect(Object.isFrozen(settings.orgs[0]?.connections[0]?.options.pull)).toBe(true);
  });

  it('that is installed loads, and its profiles are the built-in ones', async () => {
    const settings = await loadSettings('config/leadloop.yaml', { ...context, connectors });
    expect(differences(settings.orgs[0]?.profiles, [defaultMqlProfile, defaultPlgProfile])).toEqual([]);
    expect(settings.orgs[0]?.connections.map(({ kind }) => kind)).toEqual(connectors.map(({ kind }) => kind));
  });
});

describe('a Salesforce connection', () => {
  const salesforceWith = async (lines: string) =>
    loadSettings(written({ 'c.yaml': connectionWith(lines).replace('kind: hubspot', 'kind: salesforce') }), {
      ...context,
      connectors,
    });

  it.each([
    'credentials: { clientId: public, clientSecret: { env: SF_SECRET }, nextClientSecret: { file: next } }',
    'credentials: { clientId: public, username: a@b.example, privateKey: { file: key.pem } }',
    'credentials: { clientId: { env: SF_ID }, refreshToken: { env: SF_REFRESH } }',
    'credentials: { accessToken: { env: SF_TOKEN } }',
    'loginUrl: https://acme.my.salesforce.com\nsettings: { organizationId: 00D000000000001, apiVersion: "66.0", overlapMinutes: 30 }',
    'settings: { loginUrl: https://acme.my.salesforce.com, requestTimeoutSeconds: 60 }',
    'pull: { objects: [Task, Event] }',
  ])('takes %s', async (lines) => {
    const settings = await salesforceWith(lines);
    expect(settings.orgs[0]?.connections[0]).toMatchObject({ kind: 'salesforce', mapping: salesforce.defaultMapping });
  });

  it.each([
    ['loginUrl: http://acme.my.salesforce.com', 'loginUrl', 6, /My Domain/],
    ['settings: { loginUrl: http://acme.my.salesforce.com }', 'settings.loginUrl', 6, /My Domain/],
    ['settings: { organizationID: x }', 'settings.organizationID', 6, /Did you mean "organizationId"/],
    ['settings: { organizationId: 42 }', 'settings.organizationId', 6, /any other organisation/],
    ['credentials: { clientId: public }', 'credentials', 6, /clientId \+ clientSecret, or clientId \+ username/],
    ['credentials: { clientId: x, clientSecret: written-out }', 'credentials.clientSecret', 6, /\{ env: NAME \}/],
    ['pull: { objects: [Leads] }', 'pull.objects[0]', 6, /Did you mean "Lead"/],
  ])('refuses %s where it stands', async (lines, path, line, remedy) => {
    const error: unknown = await salesforceWith(lines).catch((reason: unknown) => reason);
    const problems = error instanceof ConfigurationError ? error.problems : [];
    expect(problems).toMatchObject([{ path: `orgs[0].connections[0].${path}`, line }]);
    expect(problems[0]?.remedy).toMatch(remedy);
  });

  it('is the only one with a loginUrl', async () => {
    const problems = await problemsOf({ 'c.yaml': connectionWith('loginUrl: https://acme.my.salesforce.com') });
    expect(problems).toMatchObject([{ path: 'orgs[0].connections[0].loginUrl', line: 6 }]);
  });
});

describe('the example', () => {
  it('loads, and needs no secret for it', async () => {
    const settings = await loadSettings('config/leadloop.example.yaml', { ...context, connectors });
    const [, salesforce] = settings.orgs[0]?.connections ?? [];
    expect(salesforce).toMatchObject({
      kind: 'salesforce',
      credentials: { clientId: '3MVG9example', clientSecret: { env: 'SF_SECRET' } },
      options: { connector: { loginUrl: 'https://acme.my.salesforce.com' } },
    });
  });
});

describe('problems', () => {
  it('are all listed at once, over all files, each with its place and a remedy', async () => {
    const problems = await problemsOf({
      'c.yaml': connectionWith('basUrl: x\nquota: { dailyShare: 2 }\nmapping: m.yaml'),
      'm.yaml':
        'objects:\n  contacts:\n    in:\n      - { from: email, to: emial }\n      - { from: a, to: name, transform: [integr] }\n',
    });
    expect(problems.map(({ line, column, path }) => `${line}:${column} ${path}`)).toEqual([
      '6:9 orgs[0].connections[0].basUrl',
      '7:18 orgs[0].connections[0].quota.dailyShare',
      '4:24 objects.contacts.in[0].to',
      '5:42 objects.contacts.in[1].transform[0]',
    ]);
    expect(problems[0]?.remedy).toBe('Did you mean "baseUrl"?');
    expect(problems[2]?.remedy).toMatch(/^Did you mean "email"\?/);
    expect(problems.every(({ remedy }) => remedy !== '')).toBe(true);
  });

  it('never repeat a secret that was written out', async () => {
    const problems = await problemsOf({ 'c.yaml': connectionWith('credentials: { accessToken: pat-na1-abc }') });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: 'orgs[0].connections[0].credentials.accessToken' });
    expect(problems[0]?.remedy).toContain('{ env: NAME }');
    expect(JSON.stringify(problems)).not.toContain('pat-na1-abc');
  });

  it.each([
    ['kind: hubspt', 'kind', /Did you mean "hubspot"/],
    ['schedule: "*/15 * * *"', 'schedule', /five cron fields/],
    ['schedule: "61 * * * *"', 'schedule', /five cron fields/],
    ['timezone: Mars/Phobos', 'timezone', /IANA/],
    ['settings: { portalID: 1 }', 'settings.portalID', /Did you mean "portalId"/],
    ['credentials: { acessToken: { env: X } }', 'credentials.acessToken', /Did you mean "accessToken"/],
    ['credentials: { clientId: x }', 'credentials', /accessToken, or clientId \+ clientSecret/],
    ['pull: { objects: [contact] }', 'pull.objects[0]', /Did you mean "contacts"/],
    ['push: { mode: automatic }', 'push.mode', /plan, auto/],
    ['mapping: { events: [{ object: form, type: call }] }', 'mapping.events[0].object', /Did you mean "forms"/],
    [
      'mapping: { events: [{ object: forms, contains: { title: x }, type: call }] }',
      'mapping.events[0].contains.title',
      /A rule may look at: name, status/,
    ],
    ['mapping: { events: [{ object: forms, type: nothin }] }', 'mapping.events[0].type', /Did you mean "nothing"/],
    [
      'mapping: { events: [{ object: forms, contains: {}, type: call }] }',
      'mapping.events[0].contains',
      /\{ field: text \}/,
    ],
    ['mapping: missing.yaml', 'mapping', /Correct the path/],
    ['mapping: { objects: { contact: {} } }', 'mapping.objects.contact', /Did you mean "contacts"/],
    ['baseUrl: ftp://x', 'baseUrl', /http:\/\/ or https:\/\//],
  ])('name what is wrong with "%s"', async (line, path, remedy) => {
    const isKind = line.startsWith('kind');
    const text = connectionWith(isKind ? '' : line).replace('kind: hubspot', isKind ? line : 'kind: hubspot');
    const problems = await problemsOf({ 'c.yaml': text });
    expect(problems.map((each) => each.path)).toEqual([`orgs[0].connections[0].${path}`]);
    expect(problems[0]?.remedy).toMatch(remedy);
  });

  it('include twins, broken YAML and profiles that cannot score', async () => {
    const twins = await problemsOf({ 'c.yaml': 'orgs: [{ slug: a }, { slug: a }]\n' });
    expect(twins[0]).toMatchObject({ path: 'orgs[1].slug', line: 1 });
    const broken = await problemsOf({ 'c.yaml': 'orgs:\n  - slug: a\n    slug: b\n' });
    expect(broken[0]).toMatchObject({ line: 3 });
    const profile = await problemsOf({
      'c.yaml': 'orgs: [{ slug: a, profiles: [p.yaml] }]',
      'p.yaml': `
kind: mql
name: mine
components:
  - name: fit
    max: 100
    rules:
      - { type: flag, id: x, label: X, points: 5, when: { all: [{ of: no_such_fact, known: true }] } }
      - { type: teir, id: y, label: Y, of: email_opens, steps: [] }
tiers: [{ tier: all, atLeast: 0 }]
`,
    });
    expect(profile.map(({ path }) => path)).toEqual(['components[0].rules[1]']);
    expect(profile[0]?.remedy).toContain('type: per-unit, tier, match or flag');
  });

  it('of a profile stand at their own place in its file', async () => {
    const problems = await problemsOf({
      'c.yaml': 'orgs: [{ slug: a, profiles: [p.yaml] }]',
      'p.yaml': `kind: mql
name: mine
components:
  - name: fit
    max: 100
    rules:
      - { type: flag, id: x, label: X, points: 5, when: { of: no_such_fact, known: true } }
tiers: [{ tier: all, atLeast: 0 }]
`,
    });
    expect(problems).toMatchObject([{ line: 7, path: 'components[0].rules[0].when' }]);
  });

  it('of an example stand at their own line, and the console is told that it saves them elsewhere', async () => {
    const profile = (total: number) => `${plgFile}examples:
  - { name: fine, facts: { project_count: 4 } }
  - name: wrong
    facts: { project_count: { 1: 2 } }
    total: ${total}
    teir: hot
  - name: too much
    facts: { ${Array.from({ length: 101 }, (_, index) => `fact_${index}: 1`).join(', ')} }
`;
    const problems = await problemsOf({ 'c.yaml': 'orgs: [{ slug: a, profiles: [p.yaml] }]', 'p.yaml': profile(101) });
    expect(problems.map(({ path, line, remedy }) => `${line} ${path}: ${remedy}`)).toEqual([
      '17 examples[1].facts.project_count: Expected: a text, a number, true, false, null or a list of texts.',
      '18 examples[1].total: Expected: a whole number from 0 to 100; null = left open.',
      '19 examples[1].teir: Did you mean "tier"?',
      '21 examples[2].facts: Expected: what is known of somebody made up, seen just now: at most 100 facts.',
    ]);
    expect(readProfileValue({ ...defaultMqlProfile, examples: [] })).toMatchObject({
      problems: [{ path: 'examples' }],
    });
  });

  it('of an action stand at their own line, and what a line leaves out takes the default', async () => {
    const action = (say: string) => ({
      'p.yaml': `${plgFile}action:
  whatToDo:
    - { when: { of: plg_tier, equals: hot }, say: 'Call.' }
    - say: '${say}'
`,
    });
    const config = { 'c.yaml': 'orgs: [{ slug: a, profiles: [p.yaml] }]' };
    const problems = await problemsOf({ ...config, ...action('Call {champoin_name}.') });
    expect(problems).toMatchObject([{ line: 17, path: 'action.whatToDo[1].say' }]);
    expect(problems[0]?.message).toContain('"champoin_name"');
    const settings = await load({ ...config, ...action('Call {champion_name}.') });
    expect(settings.orgs[0]?.profiles[0]?.action).toEqual({
      who: [],
      whyNow: [],
      whatToDo: [
        { when: { of: 'plg_tier', equals: 'hot' }, say: 'Call.' },
        { when: null, say: 'Call {champion_name}.' },
      ],
    });
  });
});

const plgFile = `kind: plg
name: mine
components:
  - { name: company, max: 100, weightPercent: 20, rules: [] }
  - { name: usage, max: 100, weightPercent: 20, rules: [] }
  - { name: expansion, max: 100, weightPercent: 20, rules: [] }
  - { name: champion, max: 100, weightPercent: 20, rules: [] }
  - { name: timing, max: 100, weightPercent: 20, rules: [] }
tiers:
  - { tier: hot, atLeast: 80 }
  - { tier: warm, atLeast: 60 }
  - { tier: nurture, atLeast: 40 }
  - { tier: monitor, atLeast: 0 }
`;

import { expect, test } from 'vitest';
import type { Invitation } from '../../../src/access/members.ts';
import type { App } from '../../../src/cli/app-port.ts';
import { run } from './support.ts';

const link = {
  path: '/password#abc',
  url: 'https://leads.example.com/password#abc',
  expiresAt: new Date('2026-11-30T10:00:00Z'),
};
const nobody: App['accounts'] = {
  invite: async () => null,
  link: async () => link,
  remove: async () => undefined,
  list: async () => [],
};

test('invites with the least role unless somebody says more, and shows the link once', async () => {
  const wishes: [string | null, Invitation][] = [];
  const accounts = {
    ...nobody,
    invite: async (org: string | null, wish: Invitation) => (wishes.push([org, wish]), link),
  };
  const { code, out } = await run('account invite ada@acme.example', { accounts });
  expect(code).toBe(0);
  expect(out).toContain(link.url);
  expect(out).toContain('2026-11-30 10:00');
  await run('account invite bob@acme.example --role admin --name Bob --org acme', { accounts });
  expect(wishes).toEqual([
    [null, { email: 'ada@acme.example', name: 'ada', role: 'viewer' }],
    ['acme', { email: 'bob@acme.example', name: 'Bob', role: 'admin' }],
  ]);
});

test('needs no link for somebody who can sign in already', async () => {
  const { code, out } = await run('account invite ada@acme.example', { accounts: nobody });
  expect({ code, out }).toMatchObject({
    code: 0,
    out: expect.stringContaining('as they do already') as string,
  });
});

test('makes a new link, and answers as one document', async () => {
  const { out } = await run('--json account link ada@acme.example', { accounts: nobody });
  expect(JSON.parse(out)).toEqual({
    email: 'ada@acme.example',
    link: { ...link, expiresAt: '2026-11-30T10:00:00.000Z' },
  });
});

test('removes somebody', async () => {
  const removed: (string | null)[] = [];
  const remove = async (org: string | null, email: string) => void removed.push(org, email);
  const { code } = await run('account remove ada@acme.example --org acme', { accounts: { ...nobody, remove } });
  expect({ code, removed }).toEqual({ code: 0, removed: ['acme', 'ada@acme.example'] });
});

test('lists who may come in, without what a name may hold for a terminal', async () => {
  const member = { accountId: 'a', email: 'ada@acme.example', name: 'Ada\u001b[31m', role: 'admin' } as const;
  const list = async () => [
    { ...member, hasPassword: true, hasSingleSignOn: false, lastSeenAt: new Date('2026-11-27T08:00:00Z') },
    {
      ...member,
      email: 'bob@acme.example',
      hasPassword: false,
      hasSingleSignOn: true,
      lastSeenAt: new Date('2026-11-27T09:00:00Z'),
    },
    { ...member, email: 'new@acme.example', hasPassword: false, hasSingleSignOn: false, lastSeenAt: null },
  ];
  const { out } = await run('account list', { accounts: { ...nobody, list } });
  expect(out).toMatch(/ada@acme\.example +Ada +admin +2026-11-27 08:00/u);
  expect(out).toMatch(/bob@acme\.example .+2026-11-27 09:00/u);
  expect(out).toMatch(/new@acme\.example .+has no password yet/u);
  expect((await run('account list', { accounts: nobody })).out).toContain('leadloop account invite');
});

test.each([
  ['account promote ada@acme.example', 'account --help'],
  ['account invite', 'account --help'],
  ['account invite nobody', 'account --help'],
  ['account invite ada@acme.example --role king', 'viewer, operator, admin'],
])('%s is refused with its remedy', async (line, remedy) => {
  const { code, err } = await run(line, { accounts: nobody });
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(remedy) as string });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectors } from '../../../connectors/index.ts';
import { type OpenSandbox, type SandboxKind, sandboxes } from '../../../src/sandbox/index.ts';

const recordsOf: Readonly<Record<string, string>> = {
  hubspot: '/crm/objects/2026-09/contacts?limit=1',
  salesforce: `/services/data/v67.0/query?q=${encodeURIComponent('SELECT Id FROM Contact LIMIT 1')}`,
};

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'leadloop-sandboxes-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

/** The id of some person, asked with the token that the sandbox names. */
async function somebody({ kind }: SandboxKind, { url, token }: OpenSandbox): Promise<string> {
  const answer = await fetch(`${url}${recordsOf[kind]}`, { headers: { authorization: `Bearer ${token}` } });
  const found = (await answer.json()) as { results?: { id: string }[]; records?: { Id: string }[] };
  return found.results?.[0]?.id ?? found.records?.[0]?.Id ?? '';
}

test('every CRM that can be connected can be played, each on a port and in a file of its own', () => {
  expect(sandboxes.map(({ kind }) => kind).sort()).toEqual(connectors.map(({ kind }) => kind).sort());
  expect(new Set(sandboxes.map(({ port }) => port)).size).toBe(sandboxes.length);
  expect(new Set(sandboxes.map(({ file }) => file)).size).toBe(sandboxes.length);
});

describe.each(sandboxes.map((sandbox) => [sandbox.kind, sandbox] as const))('the sandbox of %s', (_, sandbox) => {
  const sizes = Object.fromEntries(Object.keys(sandbox.sizes).map((size) => [size, 5]));

  test('does what it proposes: a first call, faults, somebody who asks for a demo', async () => {
    await using open = await sandbox.open({ port: 0, sizes });
    const { url, token, firstCall, firstFaults } = open;
    expect(open.contents).toContain('5 contacts');
    expect((await fetch(`${url}${firstCall}`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    const id = await somebody(sandbox, open);
    const { path, body } = open.askForDemo({ object: 'Contact', externalId: id });
    expect((await post(`${url}${path}`, body)).ok).toBe(true);
    for (const fault of firstFaults) expect((await post(`${url}/__sandbox/faults`, fault)).status).toBe(201);
  });

  test('kept in a file it is an account of its own, which it still is after a restart', async () => {
    const file = join(await folder(), sandbox.file);
    expect(await sandbox.keptAccount(file)).toBeNull();
    const accounts: (string | null)[] = [];
    for (let start = 0; start < 2; start += 1) {
      await using open = await sandbox.open({ port: 0, sizes, keepIn: file });
      accounts.push(await sandbox.accountAt(new URL(open.url)));
    }
    const [first, second] = accounts;
    expect(first).toMatch(/\w{8,}/u);
    expect(second).toBe(first);
    expect(await sandbox.keptAccount(file)).toBe(first);
    await using shared = await sandbox.open({ port: 0, sizes });
    expect(await sandbox.accountAt(new URL(shared.url))).not.toBe(first);
  });

  test('is not taken for another program that listens', async () => {
    const [other] = sandboxes.filter((one) => one !== sandbox);
    await using open = await other!.open({ port: 0 });
    expect(await sandbox.accountAt(new URL(open.url))).toBeNull();
    expect(await sandbox.accountAt(new URL('http://127.0.0.1:1'))).toBeNull();
  });
});

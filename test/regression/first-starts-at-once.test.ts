// Wrong: each of several first starts at once wrote a password of its own, and the server refused all but one, or all.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { startEmbedded } from '../../src/db/embedded.ts';

async function databaseBehind(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query('select current_database() as name')).rows;
  } finally {
    await client.end();
  }
}

test('whoever opens a new home at the same time gets the same server and the password that opens it', async () => {
  const home = await mkdtemp(join(tmpdir(), 'leadloop-at-once-'));
  await chmod(home, 0o755);
  const opened = await Promise.allSettled(Array.from({ length: 4 }, () => startEmbedded({ home, isDurable: false })));
  const servers = opened.filter((outcome) => outcome.status === 'fulfilled').map((outcome) => outcome.value);
  try {
    expect(opened.filter((outcome) => outcome.status === 'rejected')).toEqual([]);
    expect(new Set(servers.map((server) => server.url)).size).toBe(1);
    for (const server of servers) expect(await databaseBehind(server.url)).toEqual([{ name: 'leadloop' }]);
  } finally {
    for (const server of servers) await server.close();
    await rm(home, { recursive: true });
  }
});

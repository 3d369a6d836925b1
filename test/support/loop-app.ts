import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApp } from '../../src/app.ts';
import type { App } from '../../src/cli/app-port.ts';
import { type Loop, sealingKey } from './loop.ts';

/** The application as the command line opens it, on the database of the loop. */
export async function openOn(
  { db }: Pick<Loop<unknown>, 'db'>,
  { alertUrl = null }: { readonly alertUrl?: string | null } = {},
): Promise<App> {
  const home = await mkdtemp(join(tmpdir(), 'leadloop-config-'));
  const app = await openApp({
    configFile: '',
    environment: {
      home,
      databaseUrl: db.url,
      sealingKeys: `test:${sealingKey.toString('base64')}`,
      logLevel: 'silent',
      publicUrl: null,
      alertUrl,
      isColourless: true,
      metricsToken: null,
      singleSignOn: null,
    },
    logLevel: 'warn',
    logTo: 'stderr',
  });
  return {
    ...app,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

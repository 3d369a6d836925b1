import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import files from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { AppError } from '../../model/errors.ts';
import { policy } from '../security.ts';

/** Names of files say what is in them, so that they never change. */
const forever = { immutable: true, maxAge: '1y' } as const;

/**
 * The console: its files below /assets, and for every other address its one page, which finds its way by itself.
 * `folder`: what `npm run build` makes of src/web.
 * @throws AppError `console-not-built` (fix-config)
 */
export async function registerConsole(app: FastifyInstance, folder: string): Promise<void> {
  const document = readDocument(folder);
  await app.register(files, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    index: false,
    decorateReply: false,
    ...forever,
    setHeaders: (reply) => void reply.header('cache-control', 'public, max-age=31536000, immutable'),
  });
  app.get('/icon.svg', async (_request, reply) =>
    reply.type('image/svg+xml').send(readFileSync(join(folder, 'icon.svg'))),
  );
  app.get('/*', async (_request, reply) => sendPage(reply, document));
}

/** Styles that the page makes as it runs carry a word that only this answer knows. */
function sendPage(reply: FastifyReply, document: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .header('content-security-policy', policy(`nonce-${nonce}`))
    .type('text/html; charset=utf-8')
    .send(document.replaceAll(noncePlace, nonce));
}

/** Where the document has it; see src/web/index.html. */
const noncePlace = '%NONCE%';

function readDocument(folder: string): string {
  const file = join(folder, 'index.html');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  throw new AppError('console-not-built', 'The console has not been built.', {
    recovery: 'fix-config',
    remedy: 'Run: npm run build; or leave it out: --roles scheduler,worker,api,hooks',
  });
}

/** Beside the program, whether it runs as source or built. */
export function consoleFolder(): string {
  const places = ['../../../dist/web', '../../../web'].map((place) => join(import.meta.dirname, place));
  return places.find((place) => existsSync(join(place, 'index.html'))) ?? places[0] ?? '';
}

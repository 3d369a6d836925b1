import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../model/errors.ts';

export interface SealingKey {
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
}

type Keys = readonly [SealingKey, ...SealingKey[]];

const keyBytes = 32;
const idPattern = /^[A-Za-z0-9_-]{1,40}$/;

/**
 * The keys of `LEADLOOP_KEY` (`id:base64[,id:base64…]`), or where that is not set those of the file `key` in the home
 * directory, which holds the same text and is made on first start.
 */
export async function loadKeys(home: string, fromEnvironment: string | null): Promise<Keys> {
  if (fromEnvironment !== null) return parseKeys(fromEnvironment, 'LEADLOOP_KEY');
  const path = join(home, 'key');
  const existing = await readKeyFile(path);
  if (existing !== null) return parseKeys(existing, path);
  await createKeyFile(home, path);
  // Read back: another process may have been first, and then its key counts.
  return parseKeys((await readKeyFile(path)) ?? '', path);
}

/** @param source where the text comes from, for the message. */
export function parseKeys(text: string, source: string): Keys {
  const [first, ...rest] = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part, index) => parseKey(part, `${source}, key ${index + 1}`));
  if (first === undefined) throw invalid(`${source} holds no key.`);
  const keys = [first, ...rest] as const;
  const twice = keys.find((key, index) => keys.findIndex(({ id }) => id === key.id) !== index);
  if (twice !== undefined) throw invalid(`${source} names the key "${twice.id}" twice.`);
  return keys;
}

// The message never repeats the text: it is a key.
function parseKey(part: string, where: string): SealingKey {
  const colon = part.indexOf(':');
  const id = part.slice(0, Math.max(colon, 0));
  if (!idPattern.test(id)) throw invalid(`${where} has no id of letters, digits, "-" and "_" before a colon.`);
  const bytes = Buffer.from(part.slice(colon + 1), 'base64');
  if (bytes.length !== keyBytes)
    throw invalid(`${where} ("${id}") is ${bytes.length} bytes long; it must be ${keyBytes}.`);
  return { id, bytes };
}

async function readKeyFile(path: string): Promise<string | null> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw exposed(path);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Complete or not there: written under another name, flushed, then linked; a link never replaces a file. */
async function createKeyFile(home: string, path: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`k1:${randomBytes(keyBytes).toString('base64')}\n`);
    await file.sync();
    await link(draft, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await file.close();
    await unlink(draft);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function exposed(path: string): AppError {
  return new AppError('key-file-exposed', `Other users of this machine can read the key file ${path}.`, {
    recovery: 'fix-config',
    remedy: `Run: chmod 600 ${path}`,
  });
}

function invalid(message: string): AppError {
  return new AppError('key-invalid', message, {
    recovery: 'fix-config',
    remedy: 'Write LEADLOOP_KEY as id:base64 with 32 random bytes, for example k1:$(openssl rand -base64 32).',
  });
}

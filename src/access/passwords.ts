import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '../model/errors.ts';

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2);

/** Argon2id, from the OWASP password storage cheat sheet: 19 MiB, two passes, one lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const saltBytes = 16;
const tagLength = 32;

const passwordLength = { least: 12, most: 200 } as const;

/** Text of the form `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, which says itself how it was made. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(saltBytes);
  const tag = await derive('argon2id', { message: password, nonce, tagLength, ...cost });
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(nonce)}$${unpadded(tag)}`;
}

const form =
  /^\$argon2id\$v=19\$m=(?<memory>\d+),t=(?<passes>\d+),p=(?<lanes>\d+)\$(?<salt>[\w+/]+)\$(?<tag>[\w+/]+)$/u;

/** Takes as long for an account without a password (null) as for one with: the time tells nobody who exists. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const { memory, passes, lanes, salt, tag } = form.exec(stored ?? (await nobodys()))?.groups ?? {};
  if (tag === undefined || salt === undefined) return false;
  const expected = Buffer.from(tag, 'base64');
  const found = await derive('argon2id', {
    message: password,
    nonce: Buffer.from(salt, 'base64'),
    tagLength: expected.length,
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(lanes),
  });
  return timingSafeEqual(found, expected) && stored !== null;
}

let decoy: Promise<string> | null = null;

function nobodys(): Promise<string> {
  decoy ??= hashPassword(randomBytes(saltBytes).toString('hex'));
  return decoy;
}

/**
 * Long rather than complicated, as NIST SP 800-63B has it.
 * @throws AppError `password-weak` (fix-config)
 */
export function refuseWeakPassword(password: string, email: string): void {
  const { least, most } = passwordLength;
  const address = email.toLowerCase();
  const [name = ''] = address.split('@');
  // A short name is a part of many words: of such an address only the whole counts.
  const isNamed = password.toLowerCase().includes(name.length > 3 ? name : address);
  if (password.length >= least && password.length <= most && new Set(password).size > 4 && !isNamed) return;
  throw new AppError('password-weak', 'This password is too easy to guess.', {
    recovery: 'fix-config',
    remedy: `Choose one of ${least} to ${most} characters without your address in it; several words make a good one.`,
  });
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

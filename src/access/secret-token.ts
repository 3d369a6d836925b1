import { hash } from 'node:crypto';

const bytes = 32;
const form = /^[\w-]{43}$/u;

export type RandomBytes = (size: number) => Uint8Array;

/** 256 bits that nobody guesses, fit for an address. What is kept of it is `hashOf`. */
export function secretToken(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(bytes)).toString('base64url');
}

/** Fast, since there is nothing to guess. Null = this is none of ours. */
export function hashOf(token: string): string | null {
  return form.test(token) ? hash('sha256', token) : null;
}

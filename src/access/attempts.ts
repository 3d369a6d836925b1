import { hash } from 'node:crypto';
import {
  block,
  blockedUntil,
  countFailure,
  forgetFailures,
  lockAttempts,
  takeBack,
} from '../db/queries/sign-in-failures.ts';
import type { Tx } from '../db/tx.ts';
import { AppError } from '../model/errors.ts';
import type { AccessServices } from './services.ts';

const minute = 60_000;
const forgetMs = 60 * minute;

/**
 * Failures before the next attempt has to wait, and the longest wait. One person who mistypes waits little; a machine that tries
 * one account from many addresses, or many accounts from one, is stopped too.
 */
const bounds = [
  { of: ({ email, address }: Attempt) => `${email} ${address}`, free: 5, longestMs: 15 * minute },
  { of: ({ address }: Attempt) => `from ${address}`, free: 30, longestMs: 15 * minute },
  { of: ({ email }: Attempt) => `to ${email}`, free: 100, longestMs: 5 * minute },
] as const;

export interface Attempt {
  readonly email: string;
  /** Where the request came from. */
  readonly address: string;
}

/**
 * Counts an attempt as one that failed, before it is looked at: thousands at the same moment are no more than one after the other.
 * @throws AppError `too-many-attempts` (retry)
 */
export async function admitAttempt({ database, now }: AccessServices, attempt: Attempt): Promise<void> {
  const at = now();
  const keys = keysOf(attempt);
  const until = await database.operator(async (tx) => {
    await lockAttempts(tx, keys);
    const blocked = await blockedUntil(tx, keys, at);
    if (blocked === null) await countAll(tx, attempt, at);
    return blocked;
  });
  if (until !== null) throw tooManyAttempts(Math.ceil((until.getTime() - at.getTime()) / 1000));
}

/** The wait doubles with each further failure, from one second on. */
async function countAll(tx: Tx, attempt: Attempt, at: Date): Promise<void> {
  for (const { of, free, longestMs } of bounds) {
    const key = keyOf(of(attempt));
    const failures = await countFailure(tx, key, { now: at, forgetSince: new Date(at.getTime() - forgetMs) });
    if (failures < free) continue;
    const waitMs = Math.min(longestMs, 1000 * 2 ** (failures - free));
    await block(tx, key, new Date(at.getTime() + waitMs));
  }
}

/** It did not fail after all. Of this person at this place everything is forgotten; the others go on counting. */
export async function noteSuccess({ database }: AccessServices, attempt: Attempt): Promise<void> {
  const [own = '', ...others] = keysOf(attempt);
  await database.operator(async (tx) => {
    await forgetFailures(tx, own);
    await takeBack(tx, others);
  });
}

function keysOf(attempt: Attempt): string[] {
  return bounds.map(({ of }) => keyOf(of(attempt)));
}

/** Neither an address of a person nor one of a machine is kept. */
function keyOf(text: string): string {
  return hash('sha256', text);
}

function tooManyAttempts(seconds: number): AppError {
  return new AppError('too-many-attempts', 'There were too many attempts that failed.', {
    recovery: 'retry',
    remedy: `Wait ${seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`}, then try again.`,
  });
}

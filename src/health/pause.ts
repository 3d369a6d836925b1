import { tryAtOnce } from '../db/queries/health.ts';
import { deletePause, isOf, type PauseRow, readPauses, savePause } from '../db/queries/pauses.ts';
import { writeAudit } from '../db/queries/write-audit.ts';
import type { Database, Tx } from '../db/tx.ts';
import { AppError } from '../model/errors.ts';
import type { Pause, PauseDirection } from '../model/health.ts';
import { chooseTarget, type NamedTarget } from './pause-target.ts';

export interface PauseServices {
  readonly database: Database;
  readonly now: () => Date;
}

export interface PauseWish {
  /** Slug; null where there is only one. */
  readonly org: string | null;
  /** Of a connection or a source; null = everything of the organisation. */
  readonly name: string | null;
  readonly direction: PauseDirection;
}

export interface PauseAnswer {
  readonly of: NamedTarget['of'];
  readonly org: string;
  readonly name: string;
  readonly direction: PauseDirection;
  readonly reason: string;
  /** False = it was so before. */
  readonly changed: boolean;
}

export interface ResumeAnswer extends Omit<PauseAnswer, 'reason'> {
  /** What had been paused. */
  readonly lifted: readonly Pause[];
  /** Connections and sources that waited after failures, and are tried at the next tick. */
  readonly triedAtOnce: number;
  /** What still holds it back. */
  readonly still: readonly Pause[];
}

/** What is said where the person gave no reason. */
const noReason = 'no reason was given';

/** Keeps something from running until `resume`; a run that is under way goes on to its next push. A second time it changes nothing. */
export async function pause(
  { database, now }: PauseServices,
  wish: PauseWish & { readonly reason: string | null },
  actor: string,
): Promise<PauseAnswer> {
  const target = await chooseTarget(database, wish);
  const { of, org, name } = target;
  if (of === 'source' && wish.direction === 'push') throw onlyRead(name);
  const { direction } = wish;
  return database.transaction(target.orgId, async (tx) => {
    const before = (await ownPauses(tx, target)).find((one) => one.direction === direction) ?? null;
    const reason = wish.reason ?? before?.reason ?? noReason;
    const changed = before?.reason !== reason;
    if (changed) {
      const at = now();
      await savePause(tx, target, { direction, reason, actor, now: at });
      const change = {
        ...(before !== null && { before: { direction, reason: before.reason } }),
        after: { direction, reason },
      };
      await writeAudit(tx, { actor, action: `${of}.pause`, subject: name, ...change, at });
    }
    return { of, org, name, direction, reason, changed };
  });
}

/**
 * Takes pauses back. With `all` what waits after failures (an open breaker, refused credentials) is tried at the next tick as well.
 * A second time it changes nothing.
 */
export async function resume({ database, now }: PauseServices, wish: PauseWish, actor: string): Promise<ResumeAnswer> {
  const target = await chooseTarget(database, wish);
  const { of, org, name, orgId } = target;
  const { direction } = wish;
  return database.transaction(orgId, async (tx) => {
    const lifted = (await ownPauses(tx, target)).filter((one) => touches(one.direction, direction));
    for (const one of lifted) await lift(tx, target, { one, direction, actor });
    const tried = direction === 'all' ? await tryAtOnce(tx, target) : 0;
    const changed = lifted.length + tried > 0;
    if (changed) {
      const before = { pauses: lifted.map(({ direction, reason }) => ({ direction, reason })), waiting: tried };
      await writeAudit(tx, { actor, action: `${of}.resume`, subject: name, before, after: { direction }, at: now() });
    }
    const still = (await readPauses(tx)).filter((one) => one.of === 'org' || isOf(one, target)).map(plain);
    return { of, org, name, direction, changed, lifted: lifted.map(plain), triedAtOnce: tried, still };
  });
}

async function ownPauses(tx: Tx, target: NamedTarget): Promise<PauseRow[]> {
  return (await readPauses(tx)).filter((one) => isOf(one, target));
}

function touches(paused: PauseDirection, wanted: PauseDirection): boolean {
  return wanted === 'all' || paused === 'all' || paused === wanted;
}

/** Of what is paused altogether, one direction goes on and the other stays. */
async function lift(
  tx: Tx,
  target: NamedTarget,
  { one, direction, actor }: { readonly one: PauseRow; readonly direction: PauseDirection; readonly actor: string },
): Promise<void> {
  await deletePause(tx, target, one.direction);
  if (one.direction !== 'all' || direction === 'all' || target.of === 'source') return;
  const other = direction === 'pull' ? 'push' : 'pull';
  const has = (await ownPauses(tx, target)).some((pause) => pause.direction === other);
  if (!has) await savePause(tx, target, { direction: other, reason: one.reason, actor, now: one.since });
}

function plain({ of, direction, reason, since }: PauseRow): Pause {
  return { of, direction, reason, since };
}

function onlyRead(name: string): AppError {
  return new AppError('usage', `${name} is a source: it is only read, never written to.`, {
    recovery: 'fix-config',
    remedy: `Run: leadloop pause ${name}`,
  });
}

import type { Session } from './connection.ts';
import { readHealth } from './db/queries/health.ts';
import { resumeAt } from './db/queries/daily-pool.ts';
import { allowedBy } from './health/standing.ts';
import { whatRuns } from './health/what-runs.ts';
import type { AppError } from './model/errors.ts';
import { heldByRadius } from './push/run-push.ts';

/** Why what waits is not written by itself, and what to do about it. */
export interface PushHold {
  readonly kind: 'paused' | 'mode' | 'blast-radius' | 'counting' | 'waiting' | 'quota' | 'schedule';
  readonly reason: string;
  readonly remedy: string;
  /** It ends by itself then; null = somebody has to end it. */
  readonly until: Date | null;
}

/** What a push would change beyond its blast radius; null = it stays within, `counting` = that is not known yet. */
export type AskRadius = (session: Session) => Promise<AppError | 'counting' | null>;

/** Everything that keeps a push of the connection from happening now, what a person has said first. */
export async function holdsOf(session: Session, askRadius: AskRadius = heldByRadius): Promise<readonly PushHold[]> {
  const holds = [
    await pauseOf(session),
    modeOf(session),
    await radiusOf(session, askRadius),
    ...(await waitsOf(session)),
  ];
  return [...holds.filter((hold) => hold !== null), ...scheduleOf(session)];
}

async function pauseOf(session: Session): Promise<PushHold | null> {
  const { push, reason, remedy } = await allowedBy(session);
  return push ? null : { kind: 'paused', reason: reason ?? 'paused', remedy, until: null };
}

function modeOf({ connection: { name, push } }: Session): PushHold | null {
  if (push.mode === 'auto') return null;
  const reason = 'push.mode is plan: a sync writes nothing';
  return { kind: 'mode', reason, remedy: `Run: leadloop push ${name}`, until: null };
}

async function radiusOf(session: Session, askRadius: AskRadius): Promise<PushHold | null> {
  if (session.connection.push.mode !== 'auto') return null;
  const held = await askRadius(session);
  if (held === 'counting') return counting;
  return held === null ? null : { kind: 'blast-radius', reason: held.message, remedy: held.remedy, until: null };
}

const counting: PushHold = {
  kind: 'counting',
  reason: 'how many records it would change is being counted',
  remedy: 'Look again in a moment.',
  until: null,
};

async function waitsOf({ database, orgId, connection, now }: Session): Promise<readonly PushHold[]> {
  const at = now();
  const { health, quota } = await database.transaction(orgId, async (tx) => ({
    health: await readHealth(tx, { type: 'connection', id: connection.id }),
    quota: await resumeAt(tx, connection.id, at),
  }));
  const { until, reason } = whatRuns([], health, at);
  const holds: PushHold[] = [];
  if (until !== null) {
    const remedy = health?.remedy ?? `Run: leadloop check ${connection.name}`;
    holds.push({ kind: 'waiting', reason: reason ?? 'its runs have failed', remedy, until });
  }
  if (quota !== null && quota > at) {
    const reason = 'the API calls of the day are used up; status, MQL and tier go out of a reserve';
    holds.push({ kind: 'quota', reason, remedy: 'Wait: it goes on by itself.', until: quota });
  }
  return holds;
}

function scheduleOf({ connection: { name, schedule } }: Session): readonly PushHold[] {
  if (schedule !== null) return [];
  const remedy = `Give it a schedule, or run it: leadloop sync ${name}`;
  return [{ kind: 'schedule', reason: 'it has no schedule: it runs when somebody asks', remedy, until: null }];
}

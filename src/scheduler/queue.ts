import { PgBoss, type Queue as BossQueue } from 'pg-boss';
import type { SchedulerLog } from './log.ts';
import { type Wakeup, type WakeupKind, wakeupKinds } from './wakeup.ts';

/** Distributes wake-ups over all processes on one database. */
export interface Queue {
  /** False where the same one waits already, or (of all but hints) is being looked at. */
  wake(wakeup: Wakeup): Promise<boolean>;
  /** Hands wake-ups of a kind to `look`, at most `slots` at once here; when it throws, somebody tries again. */
  work(kind: WakeupKind, slots: number, look: (wakeup: Wakeup) => Promise<void>): Promise<void>;
  /** Takes no more; what is being looked at has so long to end. A second time it does nothing. */
  stop(graceMs: number): Promise<void>;
}

export interface QueueOptions {
  readonly url: string;
  readonly log: SchedulerLog;
}

/**
 * A worker that says nothing for so long is taken for dead, and its wake-up goes to another one. pg-boss takes no less; it is looked
 * for each second, and a worker speaks each third, so a slow moment is no death.
 */
const heartbeatSeconds = 10;
const heartbeatRefreshSeconds = 3;

/**
 * What lost its worker goes to the next one at once. What kills its workers does so a few times; then the next tick has it. A run's
 * own failures are no failures here: they are recorded, and say when it goes on.
 */
const trying = { heartbeatSeconds, retryLimit: 5, retryDelay: 1 } as const;

const keeping = { expireInSeconds: 86_000, retentionSeconds: 86_400, deleteAfterSeconds: 3_600, notify: true } as const;

/** `exclusive`: one that waits or runs. `stately`: one that waits beside one that runs: what came meanwhile is looked at again. */
const policies: Readonly<Record<WakeupKind, BossQueue['policy']>> = {
  sync: 'exclusive',
  asked: 'exclusive',
  live: 'exclusive',
  hints: 'stately',
  rescore: 'exclusive',
  import: 'exclusive',
};

/** Of one organisation at a time, over all processes: whoever has a hundred connections lets the others through. */
const perOrg: Readonly<Record<WakeupKind, number>> = {
  sync: 4,
  asked: 4,
  live: 4,
  hints: 4,
  rescore: 1,
  import: 2,
};

/** Backstop of the notification that a wake-up has come. */
const pollingIntervalSeconds = 2;

/** Each process says so often that it is there, and what it works on: after three silences it does not count as alive. */
const presenceSeconds = 5;

/**
 * Connects, and makes the queue's own schema (`pgboss`) where it is missing or older; several processes may do so at once.
 * @throws what the database says when it cannot be reached.
 */
export async function openQueue({ url, log }: QueueOptions): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'leadloop queue',
    max: 4,
    schedule: false,
    useListenNotify: true,
    instanceHeartbeatSeconds: presenceSeconds,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    openTelemetry: { enabled: false },
  });
  // It goes on by itself: these are a database that is away, and notes on its own upkeep.
  boss.on('error', (error) => log('warn', 'the queue had a fault and goes on', { code: codeOf(error) }));
  boss.on('warning', ({ message }) => log('debug', 'the queue remarks', { message }));
  await boss.start();
  for (const kind of wakeupKinds) await boss.createQueue(kind, { ...trying, ...keeping, policy: policies[kind] ?? '' });
  return new BossedQueue(boss);
}

class BossedQueue implements Queue {
  readonly #boss: PgBoss;

  constructor(boss: PgBoss) {
    this.#boss = boss;
  }

  async wake(wakeup: Wakeup): Promise<boolean> {
    const { kind, orgId, subjectId } = wakeup;
    const id = await this.#boss.send(kind, wakeup, { singletonKey: subjectId, group: { id: orgId } });
    return id !== null;
  }

  async work(kind: WakeupKind, slots: number, look: (wakeup: Wakeup) => Promise<void>): Promise<void> {
    const options = {
      localConcurrency: slots,
      groupConcurrency: perOrg[kind],
      heartbeatRefreshSeconds,
      pollingIntervalSeconds,
      notifyPollingIntervalSeconds: pollingIntervalSeconds,
    };
    await this.#boss.work<Wakeup>(kind, options, async ([job]) => {
      if (job !== undefined) await look(job.data);
    });
  }

  async stop(graceMs: number): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: graceMs });
  }
}

/** The driver's words may quote a row or an address; its code does not. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

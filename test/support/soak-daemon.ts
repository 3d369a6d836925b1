/** A daemon in a process of its own whose clock and cron are its parent's. Started by soak-process.ts, with --expose-gc. */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { connectors } from '../../connectors/index.ts';
import type { ConnectorDefinition } from '../../src/connector-sdk/connector.ts';
import { runDaemon } from '../../src/daemon.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createHooks } from '../../src/http/hooks/create-hooks.ts';
import { startHttp } from '../../src/http/server.ts';
import type { Log } from '../../src/log.ts';
import { databaseGauges } from '../../src/metrics/gauges/index.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { createReadiness } from '../../src/readiness.ts';
import type { StartCron } from '../../src/scheduler/cron.ts';
import { createSealer } from '../../src/secrets/seal.ts';
import { sealingKey } from './loop.ts';
import type { SoakOrder, SoakSample, SoakWord } from './soak-process.ts';

let time = Number(process.env['SOAK_START']);
const now = (): Date => new Date(time);
const say = (word: SoakWord): void => void process.send?.(word);

/** `M H * * *`, where M and H are `*`, a number or a step: all that the soak's schedules need. In UTC. */
function fires(expression: string, at: Date): boolean {
  const [minute = '', hour = ''] = expression.split(' ');
  return isIn(minute, at.getUTCMinutes()) && isIn(hour, at.getUTCHours());
}

function isIn(field: string, value: number): boolean {
  if (field.startsWith('*/')) return value % Number(field.slice(2)) === 0;
  return field === '*' || Number(field) === value;
}

const tasks = new Set<(at: Date) => void>();
const startCron: StartCron = ({ expression }, onTick) => {
  const task = (at: Date): void => {
    if (fires(expression, at)) onTick(at);
  };
  tasks.add(task);
  return { stop: () => void tasks.delete(task) };
};

async function sample(): Promise<SoakSample> {
  // What was let go of in this turn is collected in one of the next ones.
  for (let n = 0; n < 4; n += 1) {
    globalThis.gc?.();
    await setImmediate();
  }
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  return { objects: queryObjects(Object, { format: 'count' }), resources };
}

const log: Log = (level, message, fields) => {
  if (level !== 'debug') say({ type: 'said', at: time, level, message, fields });
};

const database = await openDatabase({ url: process.env['DATABASE_URL'] ?? '', home: '' });
const metrics = createMetrics({ database, gauges: databaseGauges, now, log });
const services = {
  database,
  databaseUrl: database.url,
  alertUrl: process.env['LEADLOOP_ALERT_URL'] ?? null,
  definitions: connectors as unknown as readonly ConnectorDefinition[],
  sealer: createSealer([{ id: 'test', bytes: sealingKey }]),
  now,
  newId: randomUUID,
  // Whoever waits moves the clock: back-offs take none of ours.
  sleep: async (ms: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    time += ms;
    await setImmediate();
    signal.throwIfAborted();
  },
  random: Math.random,
  log,
  observe: metrics.observe,
};
const controller = new AbortController();
const { signal } = controller;

process.on('message', (order: SoakOrder) => {
  time = Math.max(time, order.at);
  if (order.type === 'tick') for (const task of tasks) task(new Date(order.at));
  if (order.type === 'sample') void sample().then((taken) => say({ type: 'sample', sample: taken }));
  if (order.type === 'stop') controller.abort(new DOMException('the soak is over', 'AbortError'));
});

const options = {
  roles: null,
  startCron,
  lookAroundMs: 500,
  signal,
  onListening: (url: string) => say({ type: 'up', url }),
};
await runDaemon(services, options, (onHints) =>
  startHttp({
    port: 0,
    now,
    log,
    hooks: createHooks(services, { publicUrl: null, onHints }),
    health: { readiness: createReadiness({ database, isDraining: () => signal.aborted }) },
    metrics: { contentType: metrics.contentType, scrape: () => metrics.scrape(), token: null },
  }),
);
await database.close();
process.disconnect();

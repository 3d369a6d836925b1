import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { param, parameter } from '../input.ts';
import { NEWEST_VERSION } from '../pipeline.ts';
import { describeBasics, describeObject } from '../schema/describe.ts';
import { baseUrl, DATA, objectParam, readerOf, version } from './context.ts';

const OLDEST_LISTED = 31;

/** Three releases a year, from Summer '14 on. */
function label(number: number): string {
  const season = ['Summer', 'Winter', 'Spring'][(number - OLDEST_LISTED) % 3] ?? '';
  const year = 14 + Math.floor((number - OLDEST_LISTED + 2) / 3);
  return `${season} '${year}`;
}

function versions(): { label: string; url: string; version: string }[] {
  return Array.from({ length: NEWEST_VERSION - OLDEST_LISTED + 1 }, (_, at) => {
    const number = OLDEST_LISTED + at;
    return { label: label(number), url: `/services/data/v${number}.0`, version: `${number}.0` };
  });
}

function resources(of: string): Record<string, string> {
  const names = ['tooling', 'query', 'queryAll', 'composite', 'limits', 'sobjects', 'jobs'];
  const base = `/services/data/v${of}`;
  return {
    ...Object.fromEntries(names.map((name) => [name, `${base}/${name}`])),
    identity: '/services/oauth2/userinfo',
  };
}

function limits({ usage }: Core): Record<string, { Max: number; Remaining: number }> {
  const full = (max: number): { Max: number; Remaining: number } => ({ Max: max, Remaining: max });
  const { dailyApiRequests, dailyBulkQueryJobs } = usage.limits;
  return {
    ConcurrentAsyncGetReportInstances: full(200),
    DailyApiRequests: { Max: dailyApiRequests, Remaining: Math.max(0, dailyApiRequests - usage.used()) },
    DailyAsyncApexExecutions: full(250_000),
    DailyBulkApiBatches: full(15_000),
    DailyBulkV2QueryFileStorageMB: full(976_562),
    DailyBulkV2QueryJobs: { Max: dailyBulkQueryJobs, Remaining: usage.bulkJobsLeft() },
    DataStorageMB: full(10_240),
    FileStorageMB: full(10_240),
    HourlyTimeBasedWorkflow: full(1_000),
  };
}

function recordCount({ world }: Core, wanted: string | undefined): { sObjects: { count: number; name: string }[] } {
  const names = wanted?.split(',').map((name) => name.trim().toLowerCase());
  const objects = world.org.allObjects().filter(({ name }) => names?.includes(name.toLowerCase()) ?? true);
  return {
    sObjects: objects.map(({ name }) => {
      const live = [...world.org.table(name).all()].filter(({ deletedAt }) => deletedAt === undefined);
      return { count: live.length, name };
    }),
  };
}

/** A client that has seen the schema as it is gets 304 and no body. */
function isKnown(core: Core, request: FastifyRequest, reply: FastifyReply): boolean {
  const changedAt = core.world.org.schemaChangedAt;
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  void reply.headers({ 'Last-Modified': new Date(changedAt).toUTCString(), ETag: `"${changedAt.toString(16)}"` });
  return since >= changedAt;
}

export function discoveryRoutes(app: FastifyInstance, core: Core): void {
  app.get('/services/data', versions);
  app.get(DATA, (request) => resources(version(request)));
  app.get(`${DATA}/limits`, () => limits(core));
  app.get(`${DATA}/limits/recordCount`, (request) => recordCount(core, parameter(request, 'sObjects')));
  app.get(`${DATA}/sobjects`, (request, reply) => {
    if (isKnown(core, request, reply)) return reply.code(304).send();
    const sobjects = core.world.org
      .allObjects()
      .map((object) => describeBasics(object, version(request), core.world.org.access));
    return { encoding: 'UTF-8', maxBatchSize: 200, sobjects };
  });
  app.get(`${DATA}/sobjects/:object`, (request) => ({
    objectDescribe: describeBasics(objectParam(core, request), param(request, 'version'), core.world.org.access),
    recentItems: [],
  }));
  app.get(`${DATA}/sobjects/:object/describe`, (request, reply) => {
    const object = objectParam(core, request);
    if (isKnown(core, request, reply)) return reply.code(304).send();
    return describeObject(readerOf(core), object, { version: version(request), instance: baseUrl(request) });
  });
}

import type { ForeignBatch } from '../db/foreign-query.ts';
import { moveWatermark, type SourcePosition } from '../db/queries/data-sources.ts';
import { refreshStatistics } from '../db/queries/refresh-statistics.ts';
import { reportRun } from '../db/queries/runs.ts';
import { closeUnseenRejects, type RejectedSourceRow, saveSourceRejects } from '../db/queries/source-rejects.ts';
import type { Ingested } from '../ingest/ingest-rows.ts';
import { readRow } from '../ingest/read-row.ts';
import { ingestAt } from '../ingest/take-in.ts';
import { isTenfold } from '../ingest/tenfold.ts';
import { type EventPlace, type Observe, secondsBetween } from '../model/observation.ts';
import { addCounts, noCounts, type SyncCounts } from '../model/run.ts';
import type { OrgId, RunId, SourceId } from '../model/values.ts';
import { type EndedRun, recordRun } from '../record-run.ts';
import { rowOf } from './columns.ts';
import { type OpenSource, openSource, type SourceServices } from './open-source.ts';

export interface SourceName {
  readonly orgId: OrgId;
  /** Slug. */
  readonly org: string;
  readonly id: SourceId;
  readonly name: string;
}

export interface SourceRun {
  /** From the beginning, whatever was read before. */
  readonly full: boolean;
  /** The instant of the schedule that asks for it; left out = a person does. */
  readonly tickAt?: Date | null;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
  /** In one transaction. */
  readonly batchRows?: number;
}

export interface SourceReport extends EndedRun {
  readonly source: string;
}

/** Enough to spread a transaction's own cost, few enough to hold locks briefly. */
const defaultBatchRows = 5_000;

/**
 * Takes in what is new of a source, batch by batch, under the source's lock, recorded as a run. How far it has read moves with
 * the rows, so a run that is stopped or killed anywhere goes on from there; reading a row again changes nothing.
 */
export async function runSource(services: SourceServices, name: SourceName, run: SourceRun): Promise<SourceReport> {
  const { database } = services;
  const { orgId, id: sourceId } = name;
  const { batchRows = defaultBatchRows } = run;
  let counts = noCounts;
  const place: EventPlace = { org: name.org, connection: `sources/${name.name}`, crm: 'source' };
  const observe: Observe = (event) => services.observe?.(place, event);
  const ended = await recordRun(
    { ...services, orgId, observe },
    {
      subject: { type: 'source', ...name },
      kind: 'import',
      tickAt: run.tickAt ?? null,
      signal: run.signal,
      counts: () => counts,
    },
    async ({ runId, signal }) => {
      await using open = await openSource(services, name, { full: run.full, signal });
      const taking = { services, orgId, runId, open, observe };
      let position: SourcePosition = open.source;
      for (
        let batch = await open.rows.next(batchRows);
        batch.rows.length > 0;
        batch = await open.rows.next(batchRows)
      ) {
        signal.throwIfAborted();
        const taken = await takeBatch(taking, batch, { position, counts, signal });
        ({ position, counts } = taken);
        // Not for the handful of rows of an ordinary tick.
        const isMany = batch.rows.length === batchRows;
        if (isMany && isTenfold(counts.pulled, batchRows)) await database.transaction(orgId, refreshStatistics);
        run.onProgress(counts.pulled);
      }
      if (!open.isWhole) return;
      await database.transaction(orgId, (tx) => closeUnseenRejects(tx, { sourceId, runId, now: services.now() }));
    },
  );
  return { ...ended, source: name.name };
}

interface Taking {
  readonly services: SourceServices;
  readonly orgId: OrgId;
  readonly runId: RunId;
  readonly open: OpenSource;
  readonly observe: Observe;
}

interface Progress {
  readonly position: SourcePosition;
  readonly counts: SyncCounts;
}

/** Rows, scores, what was rejected, and how far the source is read: all of it or nothing. */
async function takeBatch(
  { services, orgId, runId, open, observe }: Taking,
  batch: ForeignBatch,
  { position, counts, signal }: Progress & { readonly signal: AbortSignal },
): Promise<Progress> {
  const { kind, fields } = open;
  const now = services.now();
  const given = batch.rows.map((values) => rowOf(fields, values));
  const rows = given.map((row) => readRow(kind, row, now));
  const watermark = lastMark(batch.marks, now) ?? position.watermark;
  const taken = await services.database.transaction(
    orgId,
    async (tx) => {
      const ingested = await ingestAt(tx, services, now, { kind, rows });
      const rejected = rejectedOf(given, ingested);
      const accepted = given.filter((_, place) => ingested.outcomes[place]?.outcome !== 'rejected');
      const kept = await saveSourceRejects(tx, { sourceId: position.id, runId, now, rejected, accepted });
      const own = { ...countsOf(ingested), rejected: kept, gone: rejected.length - kept };
      const sum = addCounts(counts, own);
      await reportRun(tx, { id: runId, counts: sum, detail: null, now });
      return { counts: sum, own, position: await moveWatermark(tx, position, watermark) };
    },
    signal,
  );
  observe({ type: 'batch-committed', counts: taken.own, seconds: secondsBetween(now, services.now()) });
  return taken;
}

function rejectedOf(given: readonly Record<string, unknown>[], { outcomes }: Ingested): RejectedSourceRow[] {
  return outcomes.flatMap((one, place) =>
    one.outcome === 'rejected' ? [{ ...one.rejection, fields: given[place] ?? {} }] : [],
  );
}

/** Rows of people who were erased count as gone, not as rejected: they wait for nobody. */
function countsOf({ outcomes, scored }: Ingested): Partial<SyncCounts> {
  const created = outcomes.filter(({ outcome }) => outcome === 'created').length;
  const updated = outcomes.filter(({ outcome }) => outcome === 'updated').length;
  return { pulled: outcomes.length, created, changed: created + updated, scored };
}

/** A clock that is a day ahead does no harm; see `readRow`. */
const toleratedMs = 86_400_000;

/**
 * How far the source is read after these rows, which come in order. An instant that lies in the future does not count: nothing
 * would come after it until then.
 */
function lastMark(marks: ForeignBatch['marks'], now: Date): string | null {
  return marks.findLast((mark) => mark !== null && !isAhead(mark, now)) ?? null;
}

function isAhead(mark: string, now: Date): boolean {
  if (/^(?:infinity|nan|\d{5,}-\d\d-\d\d.*)$/iu.test(mark)) return true;
  if (!/^\d{4}-\d\d-\d\d/u.test(mark)) return false;
  return Date.parse(mark.replace(' ', 'T').replace(/\+00$/u, 'Z')) > now.getTime() + toleratedMs;
}

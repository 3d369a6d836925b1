/**
 * One batch, one transaction. Images, leads, scores, history, transitions, wanted values and the cursor are committed
 * together or not at all, and the cursor moves last, by compare-and-set: a crash before the commit leaves no trace, a crash
 * after it repeats nothing, and a worker that was overtaken rolls back whole.
 *
 * Every step is idempotent, so a batch that comes twice changes nothing the second time. No step waits for the network.
 */
import type { PullBatch } from '../connector-sdk/connector.ts';
import { advanceCursor, type CursorPosition } from '../db/queries/advance-cursor.ts';
import { saveLinks } from '../db/queries/opportunities.ts';
import { saveEvents, withdrawEvents } from '../db/queries/save-events.ts';
import { pushedSince } from '../db/queries/pushed-since.ts';
import { saveRejected } from '../db/queries/save-rejected.ts';
import { recordSightings } from '../db/queries/sightings.ts';
import { upsertSourceRecords } from '../db/queries/upsert-source-records.ts';
import { domainsOfRecords } from '../db/queries/crm-companies.ts';
import type { Tx } from '../db/tx.ts';
import type { ObjectKind, PulledPage, Tombstone } from '../model/records.ts';
import type { SyncCounts } from '../model/run.ts';
import type { ConnectionId, ExternalId, Fields, LeadId } from '../model/values.ts';
import { attach } from './attach.ts';
import { changeTimes } from './change-times.ts';
import { recordKey } from './lead-values.ts';
import { type AcceptedRecord, normalise, soundEvents } from './normalise.ts';
import { retire } from './retire.ts';
import { noSignups, seeCompanies, updateCompanies } from '../plg/update-companies.ts';
import { takeTurn } from '../plg/update-signups.ts';
import { nothingSeen } from './want.ts';
import type { Pipeline } from './pipeline.ts';
import { updateLeads } from './update-leads.ts';

export interface CommittedBatch {
  readonly position: CursorPosition;
  readonly counts: Partial<SyncCounts>;
}

export interface BatchPlace {
  readonly position: CursorPosition;
  readonly kind: ObjectKind;
  /** What the batch shows was not so then: it is news of the CRM; null = it may have been so for long. */
  readonly newsSince: Date | null;
  /** By our clock: nothing of the batch was read before. Null = it has just been read. */
  readonly readSince: Date | null;
}

/** @throws AppError `run-superseded` when another worker has moved the cursor. */
export async function commitBatch(
  tx: Tx,
  pipeline: Pipeline,
  { position, kind, newsSince, readSince }: BatchPlace,
  batch: PullBatch,
): Promise<CommittedBatch> {
  const counts = await storePage(tx, pipeline, { object: position.object, kind, newsSince, readSince }, batch);
  const seen = [...batch.records, ...batch.rejected, ...batch.tombstones].map(idOf);
  // A census is taken of people and companies alone: nothing else is archived.
  if (kind === 'lead' || kind === 'company') await recordSightings(tx, position, seen);
  // The archive ends with the census that follows it, not with its last page.
  const isOver = batch.done && position.lane !== 'archived';
  const completedAt = isOver ? latest(pipeline.at, position.passStartedAt) : position.completedAt;
  return { position: await advanceCursor(tx, position, { cursor: batch.cursor, completedAt }), counts };
}

/** All of a batch but its cursor: also for records that were read by id. */
export async function storePage(
  tx: Tx,
  pipeline: Pipeline,
  source: Pick<BatchPlace, 'kind'> & Partial<Pick<BatchPlace, 'newsSince' | 'readSince'>> & { readonly object: string },
  page: PulledPage,
): Promise<Partial<SyncCounts>> {
  const { connectionId, runId, mappingVersion, at } = pipeline;
  const { object, kind, newsSince: since = null, readSince = null } = source;
  const target = { connectionId, object };

  const { accepted, rejected } = normalise(page.records, pipeline.mapping);
  const tombstones = [...page.tombstones, ...absorbedBy(object, accepted)];
  // Erasing locks leads, and whoever scores their company takes its turn before.
  if (tombstones.some(({ reason }) => reason === 'erased')) await takeTurn(tx, pipeline);
  // An erased record does not say any more which company it was.
  const lost = kind === 'company' ? await domainsOfRecords(tx, target, tombstones.map(idOf)) : [];
  const written = await upsertSourceRecords(tx, { ...target, kind, mappingVersion }, accepted);
  const attached = await attach(tx, pipeline, { object, kind, accepted, written });
  const remaining = await retire(tx, pipeline, tombstones);
  const companies = { object, accepted, written, lost, newsSince: since };
  const signups = kind === 'company' ? await updateCompanies(tx, pipeline, companies) : noSignups;
  const links = await saveLinks(tx, connectionId, page.links);
  const withdrawn = await withdrawEvents(tx, connectionId, page.withdrawn);
  const dated = soundEvents(object, page.events);
  const events = await saveEvents(tx, connectionId, dated.events);

  const linked = links.map(({ leadId }) => leadId);
  const touched = new Set<LeadId>([
    ...attached.leadIds,
    ...remaining,
    ...linked,
    ...withdrawn,
    ...events.leadIds,
    ...signups.leadIds,
  ]);
  // To a lead that has just become part of it, all that an opportunity says is new.
  const unheard = links.flatMap((link): [string, null][] =>
    link.object === null ? [] : [[recordKey({ ...link, connectionId, object: link.object }), null]],
  );
  const previous = new Map<string, Fields | null>([
    ...written.map((record): [string, Fields | null] => [recordKey({ ...target, ...record }), record.previous]),
    ...unheard,
  ]);
  const remotes = await remotesOf(tx, target, accepted, readSince);
  const seen = kind === 'lead' ? { ...target, fields: remotes } : nothingSeen;
  if (kind === 'company') await seeCompanies(tx, pipeline, accepted, { ...target, fields: remotes });
  const modifiedAt = new Map(accepted.map((record) => [record.externalId, record.modifiedAt]));
  const changedAt = changeTimes({ since, modifiedAt, causes: attached.causes, events: events.changed });
  const updated = await updateLeads(tx, pipeline, [...touched], { previous, seen, changedAt });

  const complaints = [...page.rejected, ...rejected, ...dated.rejected];
  await saveRejected(tx, { ...target, runId, now: at, read: page.records.map(idOf), rejected: complaints });
  return {
    pulled: page.records.length,
    changed: written.filter((record) => record.changed).length,
    created: attached.created,
    rejected: complaints.filter(({ effect }) => effect === 'reject').length,
    nulled: complaints.filter(({ effect }) => effect === 'null').length,
    gone: page.tombstones.length,
    events: events.stored,
    ...updated,
  };
}

/** What the CRM has of ours. A long pass may have read a record before our last write to it: of that one it knows nothing. */
async function remotesOf(
  tx: Tx,
  target: { readonly connectionId: ConnectionId; readonly object: string },
  records: readonly AcceptedRecord[],
  readSince: Date | null,
): Promise<ReadonlyMap<ExternalId, Fields>> {
  const externalIds = records.map(idOf);
  const written = readSince === null ? nobody : await pushedSince(tx, target, { externalIds, since: readSince });
  return new Map(records.filter((one) => !written.has(one.externalId)).map((one) => [one.externalId, one.remote]));
}

const nobody: ReadonlySet<ExternalId> = new Set();

const idOf = (record: { readonly externalId: ExternalId }): ExternalId => record.externalId;

/** Records that a merge in the CRM has retired. */
function absorbedBy(object: string, records: readonly AcceptedRecord[]): Tombstone[] {
  return records.flatMap(({ externalId, mergedIds }) =>
    mergedIds
      .filter((id) => id !== externalId)
      .map((id): Tombstone => ({ object, externalId: id, reason: 'merged', mergedInto: externalId })),
  );
}

/** A run's instant is its start; a pass may begin later in the same run, and has to end after that. */
function latest(at: Date, passStartedAt: Date | null): Date {
  return passStartedAt !== null && passStartedAt > at ? passStartedAt : at;
}

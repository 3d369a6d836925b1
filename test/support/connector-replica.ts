import type {
  Connector,
  Cursor,
  EngagementEvent,
  Lane,
  MappingDefinition,
  PullBatch,
  PullRequest,
  RecordReference,
  RejectedRecord,
  SourceRecord,
  Tombstone,
} from '../../src/connector-sdk/index.ts';

/** What a caller of a connector keeps, in the smallest form that behaves like the real one. */
export interface Replica {
  readonly records: Map<string, SourceRecord>;
  readonly events: Map<string, EngagementEvent>;
  readonly tombstones: Map<string, Tombstone>;
  readonly rejected: RejectedRecord[];
  /** How often each record came. */
  readonly arrivals: Map<string, number>;
  take(batch: PullBatch): void;
  held(references: readonly RecordReference[]): Promise<ReadonlySet<string>>;
}

export function createReplica(): Replica {
  const records = new Map<string, SourceRecord>();
  const events = new Map<string, EngagementEvent>();
  const tombstones = new Map<string, Tombstone>();
  const rejected: RejectedRecord[] = [];
  const arrivals = new Map<string, number>();
  return {
    records,
    events,
    tombstones,
    rejected,
    arrivals,
    take(batch) {
      for (const record of batch.records) {
        arrivals.set(record.externalId, (arrivals.get(record.externalId) ?? 0) + 1);
        const known = records.get(record.externalId);
        if (known === undefined || known.modifiedAt <= record.modifiedAt) records.set(record.externalId, record);
        for (const id of record.mergedIds) records.delete(id);
      }
      for (const id of batch.withdrawn) events.delete(id);
      for (const event of batch.events) events.set(event.externalId, event);
      for (const id of batch.withdrawn) events.delete(id);
      for (const tombstone of batch.tombstones) {
        tombstones.set(tombstone.externalId, tombstone);
        records.delete(tombstone.externalId);
      }
      rejected.push(...batch.rejected);
    },
    held(references) {
      const isHeld = ({ externalId, modifiedAt }: RecordReference): boolean =>
        (records.get(externalId)?.modifiedAt ?? new Date(0)) >= modifiedAt;
      return Promise.resolve(new Set(references.filter(isHeld).map(({ externalId }) => externalId)));
    },
  };
}

export interface Walk {
  readonly object: string;
  readonly lane: Lane;
  readonly fields: readonly string[];
  readonly until: Date;
  readonly since?: Cursor | null;
  readonly events?: MappingDefinition['events'];
  /** Stop after so many batches, as a crash would. */
  readonly batches?: number;
  readonly signal?: AbortSignal;
  /** Between two batches, as a user of the CRM would. */
  readonly meanwhile?: (batch: number) => Promise<void> | void;
}

/** Pulls into the replica. Returns where it stopped and whether the pass was complete. */
export async function walk(
  connector: Connector,
  replica: Replica,
  { batches = Number.POSITIVE_INFINITY, meanwhile, ...rest }: Walk,
): Promise<{ readonly cursor: Cursor | null; readonly done: boolean; readonly batches: number }> {
  const request: PullRequest = {
    since: null,
    events: [],
    signal: new AbortController().signal,
    held: (references) => replica.held(references),
    ...rest,
  };
  let cursor = request.since;
  let count = 0;
  for await (const batch of connector.pull(request)) {
    replica.take(batch);
    ({ cursor } = batch);
    count += 1;
    await meanwhile?.(count);
    if (batch.done || count >= batches) return { cursor, done: batch.done, batches: count };
  }
  return { cursor, done: false, batches: count };
}

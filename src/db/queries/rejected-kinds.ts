import type { RejectedRecord } from '../../model/records.ts';
import type { Tx } from '../tx.ts';

/** Open rejections of one kind: the same connection or source, object, stage, code and field. */
export interface RejectedKind {
  readonly of: 'connection' | 'source';
  /** Of the connection or the source. */
  readonly name: string;
  readonly object: string;
  readonly stage: RejectedRecord['stage'];
  readonly code: string;
  /** '' = the record as a whole. */
  readonly field: string;
}

export interface RejectedKindRow extends RejectedKind {
  readonly count: number;
  /** The words of the latest of them. */
  readonly message: string;
  readonly effect: RejectedRecord['effect'];
  readonly lastSeenAt: Date;
}

/** What a person can look through; more kinds than that have one cause. */
const mostKinds = 200;

/** Kinds of open rejections, the most frequent first. */
export async function rejectedKinds(tx: Tx): Promise<RejectedKindRow[]> {
  return tx.query<RejectedKindRow>(kinds, [tx.orgId, mostKinds]);
}

// Counted by the index alone; of each kind one row is read.
const kinds = `
  with counted as (
    select connection_id, object, stage, code, field, count(*)::int as count, max(id) as latest
    from rejected_records where org_id = $1 and resolved_at is null
    group by connection_id, object, stage, code, field
  ), counted_rows as (
    select source_id, code, field, count(*)::int as count, max(id) as latest
    from source_rejects where org_id = $1 and resolved_at is null group by source_id, code, field
  )
  select 'connection' as of, c.name, k.object, k.stage, k.code, k.field, k.count, r.message, r.effect,
    r.last_seen_at as "lastSeenAt"
  from counted k
  join connections c on c.org_id = $1 and c.id = k.connection_id
  join rejected_records r on r.id = k.latest and r.org_id = $1
  union all
  select 'source', s.name, s.kind, 'map', k.code, k.field, k.count, r.message, 'reject', r.last_seen_at
  from counted_rows k
  join data_sources s on s.org_id = $1 and s.id = k.source_id
  join source_rejects r on r.id = k.latest and r.org_id = $1
  order by count desc, name, object, code, field limit $2
`;

export interface RejectedQuery extends Pick<RejectedKind, 'of' | 'name'>, Partial<Omit<RejectedKind, 'of' | 'name'>> {
  /** Only those with a smaller id; null = from the latest on. */
  readonly before: number | null;
  readonly limit: number;
}

export interface RejectedEntry {
  readonly id: number;
  readonly object: string;
  /** In the CRM; of a row of a source, what it is about. */
  readonly externalId: string;
  readonly stage: RejectedRecord['stage'];
  readonly code: string;
  readonly field: string;
  readonly message: string;
  readonly effect: RejectedRecord['effect'];
  /** The record, or what was to be written, as it came. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly times: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly runId: string | null;
  /** Whose record it is, where that is known. */
  readonly leadId: string | null;
  readonly leadName: string | null;
}

/** Open rejections of one connection or source, the latest first. */
export async function rejectedEntries(tx: Tx, query: RejectedQuery): Promise<RejectedEntry[]> {
  const { of, name, object, stage, code, field, before, limit } = query;
  const values: unknown[] = [tx.orgId, name, limit];
  const given = (value: unknown): string => `$${values.push(value)}`;
  const is = (column: string, value: unknown): string[] => (value === undefined ? [] : [`${column} = ${given(value)}`]);
  const older = before === null ? [] : [`r.id < ${given(before)}`];
  const both = [...is('r.code', code), ...is('r.field', field), ...older];
  // What a source sends is of one kind, and is refused where it is mapped.
  if (of === 'source') return tx.query<RejectedEntry>(ofSource(['true', ...both].join(' and ')), values);
  return tx.query<RejectedEntry>(
    ofConnection(['true', ...is('r.object', object), ...is('r.stage', stage), ...both].join(' and ')),
    values,
  );
}

const common = `r.code, r.field, r.message, r.fields, r.times, r.first_seen_at as "firstSeenAt",
  r.last_seen_at as "lastSeenAt", r.run_id as "runId"`;

const ofConnection = (conditions: string): string => `
  select r.id, r.object, r.external_id as "externalId", r.stage, r.effect, ${common}, s.lead_id as "leadId",
    coalesce(l.name, l.email) as "leadName"
  from rejected_records r
  left join source_records s on s.org_id = $1 and s.connection_id = r.connection_id and s.object = r.object
    and s.external_id = r.external_id
  left join leads l on l.org_id = $1 and l.id = s.lead_id
  where r.org_id = $1 and r.connection_id = (select id from connections where org_id = $1 and name = $2)
    and r.resolved_at is null and ${conditions}
  order by r.id desc limit $3
`;

const ofSource = (conditions: string): string => `
  select r.id, (select kind from data_sources where org_id = $1 and id = r.source_id) as object,
    coalesce(r.fields->>'email', r.fields->>'domain', r.fields->>'company_domain', '') as "externalId",
    'map' as stage, 'reject' as effect, ${common}, null::uuid as "leadId", null as "leadName"
  from source_rejects r
  where r.org_id = $1 and r.source_id = (select id from data_sources where org_id = $1 and name = $2)
    and r.resolved_at is null and ${conditions}
  order by r.id desc limit $3
`;

/** Of which kind the connection, or the source, of this name is; null = there is none. */
export async function rejectingKind(tx: Tx, { of, name }: Pick<RejectedKind, 'of' | 'name'>): Promise<string | null> {
  const table = of === 'source' ? 'data_sources' : 'connections';
  const sql = `select kind from ${table} where org_id = $1 and name = $2`;
  const [row] = await tx.query<{ kind: string }>(sql, [tx.orgId, name]);
  return row?.kind ?? null;
}

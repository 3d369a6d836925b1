import type { ConnectionId, ExternalId, Fields, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

interface ObjectOf {
  readonly connectionId: ConnectionId;
  readonly object: string;
}

/** However rare an object is among a million records, no more of them are looked at. */
const lookedAt = 1_500;

/** A few live records of an object, those with the highest ids; and companies that they name, where few are found. */
export async function sampleRecordIds(
  tx: Tx,
  { connectionId, object }: ObjectOf,
  limit: number,
): Promise<readonly ExternalId[]> {
  const rows = await tx.query<{ id: ExternalId }>(
    `with newest as (
       select external_id, object, company_id, gone_at from source_records
       where org_id = $1 and connection_id = $2 order by external_id desc limit ${lookedAt}
     ), ids as (
       select external_id as id from newest where object = $3 and gone_at is null
       union
       select c.external_id
       from (select distinct company_id from newest where company_id is not null limit $4) s
       cross join lateral (
         select r.external_id from source_records r
         where r.org_id = $1 and r.connection_id = $2 and r.external_id = s.company_id and r.object = $3
           and r.gone_at is null
         limit 1) c
     )
     select id from ids order by id desc limit $4`,
    [tx.orgId, connectionId, object, limit],
  );
  return rows.map(({ id }) => id);
}

/** The record of an object by its id or by the address of its person; null = none is known. */
export async function findRecordId(
  tx: Tx,
  { connectionId, object }: ObjectOf,
  words: string,
): Promise<ExternalId | null> {
  const [row] = await tx.query<{ id: ExternalId }>(
    `select external_id as id from source_records
     where org_id = $1 and connection_id = $2 and object = $3 and gone_at is null and external_id = $4
     union all
     select s.external_id from leads l join source_records s on s.org_id = $1 and s.lead_id = l.id
     where l.org_id = $1 and l.email_key = lower($4) and l.merged_into is null
       and s.connection_id = $2 and s.object = $3 and s.gone_at is null
     limit 1`,
    [tx.orgId, connectionId, object, words],
  );
  return row?.id ?? null;
}

export interface StoredImage extends ObjectOf {
  readonly externalId: ExternalId;
  readonly modifiedAt: Date;
  /** Those that the mapping in force reads. */
  readonly fields: Fields;
}

/** Records as they were pulled last. */
export async function readImages(
  tx: Tx,
  { connectionId, object }: ObjectOf,
  ids: readonly ExternalId[],
): Promise<readonly StoredImage[]> {
  return tx.query<StoredImage>(
    `select connection_id as "connectionId", object, external_id as "externalId", modified_at as "modifiedAt", fields
     from source_records where org_id = $1 and connection_id = $2 and object = $3 and external_id = any($4)`,
    [tx.orgId, connectionId, object, ids],
  );
}

/** So many records of a connection are passed over in search of those of one object. */
const passedOver = 20_000;

/**
 * Live records of an object as they were pulled last by this version of the mapping, those with the highest ids; and whether there
 * are no others.
 */
export async function sampleImages(
  tx: Tx,
  { connectionId, object, version }: ObjectOf & { readonly version: number },
  limit: number,
): Promise<{ readonly images: readonly StoredImage[]; readonly isAll: boolean }> {
  const [row] = await tx.query<{ isAll: boolean; images: readonly (StoredImage & { modifiedAt: string })[] }>(
    `with newest as (
       select external_id, object, mapping_version, gone_at from source_records
       where org_id = $1 and connection_id = $2 order by external_id desc limit ${passedOver}
     ), living as (
       select external_id, mapping_version from newest where object = $3 and gone_at is null
     ), chosen as (
       select external_id from living where mapping_version = $4 order by external_id desc limit $5
     )
     select (select count(*) from newest) < ${passedOver}
         and (select count(*) from living) = (select count(*) from chosen) as "isAll",
       (select coalesce(jsonb_agg(jsonb_build_object('connectionId', r.connection_id, 'object', r.object,
           'externalId', r.external_id, 'modifiedAt', r.modified_at, 'fields', r.fields)), '[]')
         from chosen c join source_records r on r.org_id = $1 and r.connection_id = $2
           and r.external_id = c.external_id and r.object = $3) as images`,
    [tx.orgId, connectionId, object, version, limit],
  );
  const images = row?.images ?? [];
  return {
    images: images.map((image) => ({ ...image, modifiedAt: new Date(image.modifiedAt) })),
    isAll: row?.isAll ?? false,
  };
}

/** A lead that each record speaks of: its own, or of somebody who works at the company. */
export async function leadsOfRecords(
  tx: Tx,
  { connectionId, object }: ObjectOf,
  ids: readonly ExternalId[],
): Promise<ReadonlyMap<ExternalId, LeadId>> {
  const rows = await tx.query<{ id: ExternalId; leadId: LeadId }>(
    `select r.external_id as id, coalesce(r.lead_id, (
       select p.lead_id from source_records p
       where p.org_id = $1 and p.connection_id = $2 and p.company_id = r.external_id and p.lead_id is not null
         and p.gone_at is null
       limit 1)) as "leadId"
     from source_records r where r.org_id = $1 and r.connection_id = $2 and r.object = $3 and r.external_id = any($4)`,
    [tx.orgId, connectionId, object, ids],
  );
  return new Map(rows.filter(({ leadId }) => leadId !== null).map(({ id, leadId }) => [id, leadId]));
}

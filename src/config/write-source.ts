import { tryAtOnce } from '../db/queries/health.ts';
import type { Tx } from '../db/tx.ts';
import { hasWork, type OrgChanges, secretText } from './org-work.ts';
import type { SourceSettings } from './settings.ts';

export async function writeSource(tx: Tx, org: OrgChanges, source: SourceSettings): Promise<void> {
  const { name } = source;
  const stored = org.work.current?.sources.find((each) => each.name === name) ?? null;
  const id = stored === null || hasWork(org, 'source', name) ? await saveSource(tx, source) : stored.id;
  if (stored === null || hasWork(org, 'address', name)) await saveAddress(tx, org, { id, source });
  // What it waits for (another address, a query that fits) may just have come.
  if (hasWork(org, 'source', name) || hasWork(org, 'address', name))
    await tryAtOnce(tx, { connectionId: null, sourceId: id });
}

async function saveSource(tx: Tx, source: SourceSettings): Promise<string> {
  const { name, kind, query, since, columns, schedule, timezone } = source;
  const sinceText = since === null ? null : JSON.stringify(since);
  const [row] = await tx.query<{ id: string }>(save, [
    tx.orgId,
    name,
    kind,
    query,
    sinceText,
    JSON.stringify(columns),
    schedule,
    timezone,
  ]);
  if (row === undefined) throw new Error('the source was not saved');
  return row.id;
}

// Another question starts from the beginning: what was read by the old one may lack what the new one asks for.
const save = `
  insert into data_sources as s (org_id, name, kind, query, since, columns, schedule, timezone)
  values ($1, $2, $3, $4, $5, $6, $7, $8)
  on conflict (org_id, name) do update set
    watermark = case when (s.kind, s.query, s.since, s.columns)
      is not distinct from (excluded.kind, excluded.query, excluded.since, excluded.columns) then s.watermark end,
    version = s.version + 1,
    kind = excluded.kind, query = excluded.query, since = excluded.since, columns = excluded.columns,
    schedule = excluded.schedule, timezone = excluded.timezone, updated_at = now()
  returning id
`;

interface AddressWork {
  readonly id: string;
  readonly source: SourceSettings;
}

/** Keeps where the address comes from, so that an export can say it; the address itself, with its password, only sealed. */
async function saveAddress(tx: Tx, { work, sealer }: OrgChanges, { id, source }: AddressWork): Promise<void> {
  const read = work.addresses.get(source.name);
  const references = JSON.stringify(source.secrets);
  if (read === undefined || 'missing' in read) {
    await tx.query('update data_sources set database = $2 where id = $1', [id, references]);
    return;
  }
  const binding = { orgId: tx.orgId, connectionId: id };
  const text = secretText(read.values);
  const sealed = sealer.seal(text, binding);
  await tx.query(
    `update data_sources set database = $2, database_sealed = $3, database_key_id = $4, database_fingerprint = $5,
       updated_at = now()
     where id = $1`,
    [id, references, Buffer.from(sealed.bytes), sealed.keyId, sealer.fingerprint(text, binding)],
  );
}

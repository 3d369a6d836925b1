import { tryAtOnce } from '../db/queries/health.ts';
import { noteResumeAt } from '../db/queries/daily-pool.ts';
import { lockProductScores } from '../db/queries/lock-product-scores.ts';
import { replaceProfileTests } from '../db/queries/profile-tests.ts';
import { setProductWeights } from '../db/queries/set-product-weights.ts';
import { writeAudit } from '../db/queries/write-audit.ts';
import type { Tx } from '../db/tx.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import type { ScoringProfile } from '../model/profile.ts';
import type { ConnectionId } from '../model/values.ts';
import type { Sealed, Sealer, SecretBinding } from '../secrets/seal.ts';
import { type Change, isWork, type StoredConnection } from './apply.ts';
import { hasWork, type OrgChanges, secretText } from './org-work.ts';
import { writeSource } from './write-source.ts';
import type { ConnectionSettings, StoredConnectionSettings } from './settings.ts';

/** Writes the changes of one organisation, in its transaction, and an audit row for each. */
export async function writeOrg(tx: Tx, org: OrgChanges): Promise<void> {
  for (const connection of org.work.wanted.connections) await writeConnection(tx, org, connection);
  for (const source of org.work.wanted.sources) await writeSource(tx, org, source);
  for (const profile of org.work.wanted.profiles) {
    if (!hasWork(org, 'profile', profile.kind)) continue;
    // Whoever scores signups at this moment does so by the old profile, and is done before its scores are weighed anew.
    if (profile.kind === 'plg') await lockProductScores(tx);
    await writeProfile(tx, profile);
    if (profile.kind === 'plg') await setProductWeights(tx, weightsOf(profile));
  }
  for (const { kind, examples } of org.work.wanted.examples) {
    if (!hasWork(org, 'examples', kind)) continue;
    await replaceProfileTests(tx, { kind, tests: examples, by: org.actor, at: org.now });
  }
  for (const change of org.changes.filter(isWork)) await auditChange(tx, change, org);
}

const subjects = ['connection', 'credentials', 'mapping'] as const;

async function writeConnection(tx: Tx, org: OrgChanges, connection: ConnectionSettings): Promise<void> {
  const { name, mapping } = connection;
  const stored = org.work.current?.connections.find((each) => each.name === name) ?? null;
  const changed = hasWork(org, 'connection', name);
  const id = stored === null || changed ? await saveConnection(tx, connection) : stored.id;
  if (stored === null || hasWork(org, 'credentials', name)) await saveCredentials(tx, org, { id, stored, connection });
  if (mapping !== null && hasWork(org, 'mapping', name)) await writeMapping(tx, id, mapping);
  if (stored !== null) await noteChange(tx, org, { id, name });
}

/** Of a connection that was there before. */
async function noteChange(tx: Tx, org: OrgChanges, { id, name }: Pick<StoredConnection, 'id' | 'name'>): Promise<void> {
  if (hasWork(org, 'connection', name) || hasWork(org, 'credentials', name))
    await tx.query('update connections set version = version + 1 where org_id = $1 and id = $2', [tx.orgId, id]);
  // What it waits for (other credentials, a mapping that fits) may just have come.
  if (subjects.some((subject) => hasWork(org, subject, name)))
    await tryAtOnce(tx, { connectionId: id, sourceId: null });
}

async function saveConnection(tx: Tx, connection: ConnectionSettings): Promise<ConnectionId> {
  const { name, kind, baseUrl, schedule, quota, push, options } = connection;
  const [row] = await tx.query<{ id: ConnectionId }>(
    `insert into connections (org_id, name, kind, base_url, schedule, quota, push_policy, settings)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (org_id, name) do update set base_url = excluded.base_url, schedule = excluded.schedule,
       quota = excluded.quota, push_policy = excluded.push_policy,
       settings = connections.settings || excluded.settings, updated_at = now()
     returning id`,
    [tx.orgId, name, kind, baseUrl, schedule, JSON.stringify(quota), JSON.stringify(push), JSON.stringify(options)],
  );
  if (row === undefined) throw new Error('the connection was not saved');
  // Whoever has just raised a share does not want to wait for the reset.
  await noteResumeAt(tx, row.id, null);
  return row.id;
}

interface CredentialWork {
  readonly id: ConnectionId;
  readonly stored: StoredConnection | null;
  readonly connection: ConnectionSettings;
}

/** Keeps where the secret comes from, so that an export can say it; the secret itself only sealed. */
async function saveCredentials(tx: Tx, org: OrgChanges, { id, stored, connection }: CredentialWork): Promise<void> {
  const { sealer } = org;
  const read = org.work.credentials.get(connection.name);
  const references = { credentials: connection.credentials };
  if (read === undefined || 'missing' in read || Object.keys(read.values).length === 0) {
    await tx.query('update connections set settings = settings || $2 where id = $1', [id, JSON.stringify(references)]);
    return;
  }
  const binding = { orgId: tx.orgId, connectionId: id };
  const text = secretText(read.values);
  const known = stored?.settings.credentialsFingerprint ?? null;
  const isKnown = known !== null && sealer.matches(known, text, binding);
  const sealed = isKnown ? await resealed(tx, sealer, binding) : sealer.seal(text, binding);
  const settings: Pick<StoredConnectionSettings, 'credentials' | 'credentialsFingerprint'> = {
    ...references,
    credentialsFingerprint: sealer.fingerprint(text, binding),
  };
  await tx.query(
    `update connections set credentials_sealed = $2, credentials_key_id = $3, settings = settings || $4, credentials_at = $5,
       updated_at = now()
     where id = $1`,
    [id, Buffer.from(sealed.bytes), sealed.keyId, JSON.stringify(settings), org.now],
  );
  // What the CRM told to other credentials (its account, its fields) need not hold for these.
  await tx.query('delete from crm_cache where connection_id = $1', [id]);
}

/** What is stored may be newer than what is configured (a refresh token that the CRM rotated), so it is kept. */
async function resealed(tx: Tx, sealer: Sealer, binding: SecretBinding): Promise<Sealed> {
  const [row] = await tx.query<{ bytes: Uint8Array; keyId: string }>(
    'select credentials_sealed as bytes, credentials_key_id as "keyId" from connections where id = $1 for update',
    [binding.connectionId],
  );
  if (row === undefined) throw new Error('the connection is not there any more');
  return sealer.reseal(row, binding) ?? row;
}

/** Versions are never changed, only followed: a record keeps the number of the mapping that it was read with. */
async function writeMapping(tx: Tx, connectionId: ConnectionId, definition: MappingDefinition): Promise<void> {
  await tx.query('update field_mappings set active = false where connection_id = $1 and active', [connectionId]);
  await tx.query(
    `insert into field_mappings (org_id, connection_id, version, definition, active)
     select $1, $2, coalesce(max(version), 0) + 1, $3, true from field_mappings where connection_id = $2`,
    [tx.orgId, connectionId, JSON.stringify(definition)],
  );
}

async function writeProfile(tx: Tx, profile: ScoringProfile): Promise<void> {
  const [last] = await tx.query<{ version: number | null }>(
    'select max(version) as version from org_scoring_profiles where kind = $1',
    [profile.kind],
  );
  const version = (last?.version ?? 0) + 1;
  await tx.query('update org_scoring_profiles set active = false where kind = $1 and active', [profile.kind]);
  await tx.query(
    `insert into org_scoring_profiles (org_id, kind, name, version, profile, active) values ($1, $2, $3, $4, $5, true)`,
    [tx.orgId, profile.kind, profile.name, version, JSON.stringify({ ...profile, version })],
  );
}

function weightsOf({ components }: ScoringProfile): Readonly<Record<string, number>> {
  return Object.fromEntries(components.map(({ name, weightPercent }) => [name, weightPercent]));
}

async function auditChange(tx: Tx, change: Change, { actor, now }: OrgChanges): Promise<void> {
  const { action, subject, name, org, differences, note } = change;
  const side = (of: 'before' | 'after') => Object.fromEntries(differences.map((each) => [each.path, each[of] ?? null]));
  const after = note === '' ? side('after') : { ...side('after'), note };
  const named = { action: `${subject}.${action}`, subject: name === '' ? org : name };
  await writeAudit(tx, { ...named, actor, before: side('before'), after, at: now });
}

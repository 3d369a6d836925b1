/** People who are on their way to a CRM and back. */
import type { Tx } from '../tx.ts';
import type { Sealed } from './sealed.ts';

export type ConsentStatus = 'waiting' | 'answered' | 'granted' | 'refused';

export interface ConsentProblem {
  readonly message: string;
  readonly remedy: string;
}

export interface NewConsent {
  readonly id: string;
  readonly actor: string;
  readonly kind: string;
  readonly stateHash: string;
  readonly sealed: Sealed;
  readonly now: Date;
  readonly expiresAt: Date;
}

export interface ConsentRow {
  readonly kind: string;
  readonly status: ConsentStatus;
  readonly problem: ConsentProblem | null;
  readonly sealed: Sealed;
  readonly expiresAt: Date;
}

/** Of which, by whom, and when it must still hold. */
export interface ConsentKey {
  readonly id: string;
  readonly actor: string;
  readonly now: Date;
}

/** What nobody has saved in time: it would hold secrets for nothing. */
export async function forgetConsents(tx: Tx, now: Date): Promise<void> {
  await tx.query('delete from consents where org_id = $1 and expires_at <= $2', [tx.orgId, now]);
}

/** What has expired is forgotten on the way. */
export async function createConsent(tx: Tx, consent: NewConsent): Promise<void> {
  const { id, actor, kind, stateHash, sealed, now, expiresAt } = consent;
  await forgetConsents(tx, now);
  await tx.query(
    `insert into consents (org_id, id, actor, kind, state_hash, status, sealed, key_id, created_at, expires_at)
     values ($1, $2, $3, $4, $5, 'waiting', $6, $7, $8, $9)`,
    [tx.orgId, id, actor, kind, stateHash, sealed.bytes, sealed.keyId, now, expiresAt],
  );
}

export interface AnsweredConsent extends ConsentKey {
  readonly stateHash: string;
  /** What comes of it waits as long as this. */
  readonly expiresAt: Date;
}

/** The answer has come; it is taken once. Null = nobody waits for it. */
export async function claimConsent(
  tx: Tx,
  { id, actor, now, stateHash, expiresAt }: AnsweredConsent,
): Promise<ConsentRow | null> {
  const [row] = await tx.query<StoredRow>(
    `update consents set status = 'answered', expires_at = $6
     where org_id = $1 and id = $2 and actor = $3 and state_hash = $4 and status = 'waiting' and expires_at > $5
     returning ${columns}`,
    [tx.orgId, id, actor, stateHash, now, expiresAt],
  );
  return rowOf(row);
}

export async function grantConsent(tx: Tx, id: string, { bytes, keyId }: Sealed): Promise<void> {
  await tx.query(`update consents set status = 'granted', sealed = $3, key_id = $4 where org_id = $1 and id = $2`, [
    tx.orgId,
    id,
    bytes,
    keyId,
  ]);
}

/** Keeps the reason, and no secret. */
export async function refuseConsent(tx: Tx, id: string, problem: ConsentProblem): Promise<void> {
  await tx.query(`update consents set status = 'refused', problem = $3, sealed = '' where org_id = $1 and id = $2`, [
    tx.orgId,
    id,
    JSON.stringify(problem),
  ]);
}

/** Null = there is none, or it is too old. */
export async function findConsent(tx: Tx, { id, actor, now }: ConsentKey): Promise<ConsentRow | null> {
  const [row] = await tx.query<StoredRow>(
    `select ${columns} from consents where org_id = $1 and id = $2 and actor = $3 and expires_at > $4`,
    [tx.orgId, id, actor, now],
  );
  return rowOf(row);
}

/** What was granted is used once. False = somebody else was faster. */
export async function deleteConsent(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    `delete from consents where org_id = $1 and id = $2 and status = 'granted' returning id`,
    [tx.orgId, id],
  );
  return rows.length > 0;
}

const columns = `kind, status, problem, sealed, key_id as "keyId", expires_at as "expiresAt"`;

interface StoredRow extends Omit<ConsentRow, 'sealed'> {
  readonly sealed: Uint8Array;
  readonly keyId: string;
}

function rowOf(row: StoredRow | undefined): ConsentRow | null {
  if (row === undefined) return null;
  const { sealed: bytes, keyId, ...rest } = row;
  return { ...rest, sealed: { keyId, bytes } };
}

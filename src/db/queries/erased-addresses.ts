import { hash } from 'node:crypto';
import type { Tx } from '../tx.ts';

/** Under which an erased address is remembered: enough to recognise it, not enough to read it. */
export function addressHash(email: string): string {
  return hash('sha256', email.toLowerCase());
}

/** Remembers addresses of people who were erased: a CRM may go on listing what they once sent in. */
export async function blockAddresses(tx: Tx, emails: readonly string[]): Promise<void> {
  if (emails.length === 0) return;
  await tx.query(
    `insert into erased_addresses (org_id, address_hash) select $1, unnest($2::text[]) on conflict do nothing`,
    [tx.orgId, emails.map(addressHash)],
  );
}

/** Somebody with this address is in the CRM again, by their own will: they are a new person to us. */
export async function allowAddresses(tx: Tx, emails: readonly string[]): Promise<void> {
  if (emails.length === 0) return;
  await tx.query(`delete from erased_addresses where org_id = $1 and address_hash = any($2::text[])`, [
    tx.orgId,
    emails.map(addressHash),
  ]);
}

/** Those of the addresses that were erased. */
export async function erasedAmong(tx: Tx, emails: readonly string[]): Promise<ReadonlySet<string>> {
  if (emails.length === 0) return new Set();
  const byHash = new Map(emails.map((email) => [addressHash(email), email]));
  const rows = await tx.query<{ hash: string }>(
    `select address_hash as hash from erased_addresses where org_id = $1 and address_hash = any($2::text[])`,
    [tx.orgId, [...byHash.keys()]],
  );
  return new Set(rows.flatMap(({ hash }) => byHash.get(hash) ?? []));
}

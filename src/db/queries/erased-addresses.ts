import { createHash } from 'node:crypto';
import type { Tx } from '../tx.ts';

/** Under which an erased address is remembered: enough to recognise it, not enough to read it. */
export function addressHash(email: string): string {
  return createHash('sha256').update(email.toLowerCase()).digest('hex');
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

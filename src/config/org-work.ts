import type { OrgId } from '../model/values.ts';
import type { Sealer } from '../secrets/seal.ts';
import { type Change, isWork, type StoredOrg } from './apply.ts';
import type { CredentialValues } from './environment.ts';
import type { OrgSettings } from './settings.ts';

/** An organisation on its way: what is there, what is wanted, and the secrets as far as they are at hand. */
export interface OrgWork {
  /** Null = it does not exist yet. */
  readonly id: OrgId | null;
  readonly current: StoredOrg | null;
  readonly wanted: OrgSettings;
  /** By connection name. */
  readonly credentials: ReadonlyMap<string, CredentialValues>;
  /** By source name. */
  readonly addresses: ReadonlyMap<string, CredentialValues>;
}

export interface OrgChanges {
  readonly work: OrgWork;
  readonly changes: readonly Change[];
  readonly sealer: Sealer;
  /** For the audit log. */
  readonly actor: string;
  readonly now: Date;
}

export function hasWork({ changes }: OrgChanges, subject: Change['subject'], name: string): boolean {
  return changes.some((change) => change.subject === subject && change.name === name && isWork(change));
}

/** One text for one set of credentials, whatever the order of its keys: what is sealed. */
export function secretText(values: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(values).toSorted(([left], [right]) => (left < right ? -1 : 1))),
  );
}

import { randomUUID } from 'node:crypto';
import type { CrmRecord } from '../../src/sandbox/hubspot/store/record.ts';
import type { Loop } from './loop.ts';
import { sandboxToken } from './loop-side.ts';

/** What people do in the CRM. */
export interface CrmHands {
  living(): CrmRecord[];
  edit(id: number, properties: Readonly<Record<string, string>>): void;
  create(properties: Readonly<Record<string, string>>): Promise<number>;
  archive(id: number): Promise<void>;
  /** From the recycle bin. */
  restore(id: number): void;
  /** The new id. */
  merge(primary: number, other: number): Promise<number>;
  /** With the submissions of the person, as HubSpot's documents have it. */
  erase(id: number): Promise<void>;
  submit(form: string, email: string): void;
}

export function handsOf(
  { crm, clock }: Pick<Loop, 'crm' | 'clock'>,
  object: 'contacts' | 'companies' = 'contacts',
): CrmHands {
  const records = crm.store.table(object);
  const post = async (path: string, body: unknown): Promise<{ id?: string }> => {
    const response = await fetch(`${crm.url}/crm/objects/2026-09/${object}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandboxToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as { id?: string });
  };
  const known = (id: number): CrmRecord => {
    const record = records.get(id);
    if (record === undefined) throw new Error(`nothing of ${object} is ${id}`);
    return record;
  };
  return {
    living: () => [...records.from(0)].filter(({ archivedAt }) => archivedAt === undefined),
    edit(id, properties) {
      const record = known(id);
      crm.store.update(records, record, { ...record.properties, ...properties }, crm.store.stamp());
    },
    create: async (properties) => Number((await post('', { properties })).id),
    async archive(id) {
      await post('/batch/archive', { inputs: [{ id: String(id) }] });
    },
    restore(id) {
      crm.store.restore(records, known(id));
    },
    merge: async (primary, other) =>
      Number((await post('/merge', { primaryObjectId: String(primary), objectIdToMerge: String(other) })).id),
    async erase(id) {
      // Submissions stay listed: the hard case, since the CRM goes on telling the address.
      await post('/gdpr-delete', { objectId: String(id) });
    },
    submit(form, email) {
      const found = crm.store.forms.find(({ name }) => name === form);
      if (found === undefined) throw new Error(`no form ${form}`);
      const submittedAt = clock.now();
      const values = [{ name: 'email', value: email, objectTypeId: '0-1' }];
      const list = crm.store.submissions.get(found.id) ?? [];
      crm.store.submissions.set(found.id, list);
      list.unshift({ conversionId: randomUUID(), submittedAt, values, pageUrl: 'https://forms.example' });
    },
  };
}

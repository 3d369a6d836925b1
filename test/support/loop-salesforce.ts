import type { Value } from '../../src/sandbox/salesforce/schema/field.ts';
import { convertLead, mergeRecords } from '../../src/sandbox/salesforce/store/lifecycle.ts';
import type { Row } from '../../src/sandbox/salesforce/store/table.ts';
import type { SalesforceLoop } from './loop.ts';

type Cells = Readonly<Record<string, Value>>;

/** What people do in Salesforce. Ids are strings; a moment is that of the loop's clock. */
export interface SalesforceHands {
  /** Alive and, for leads, not converted. */
  living(object: string): Row[];
  row(id: string): Row;
  /** Blank = not there. */
  value(id: string, field: string): Value;
  create(object: string, values: Cells): string;
  edit(id: string, values: Cells): void;
  /** As a formula changes: no stamp moves. */
  shift(id: string, values: Cells): void;
  /** Into the bin. */
  remove(id: string): void;
  undelete(id: string): void;
  /** Out of the bin as well. */
  purge(id: string): void;
  merge(winner: string, ...losers: readonly string[]): void;
  convert(lead: string, order?: Parameters<typeof convertLead>[2]): ReturnType<typeof convertLead>;
  /** A person answers a campaign of this name, on a day such as 2026-03-02; returns the member's id. */
  respond(person: string, campaign: string, day: string): string;
  /** Somebody else's long transaction writes; the answer commits it. */
  writeSlowly(id: string, values: Cells): () => void;
}

const by = '005000000000000AAA';

/** Without these Salesforce would refuse to save one. */
const required: Readonly<Record<string, Cells>> = {
  Lead: { Company: 'Example Schools', Status: 'Open - Not Contacted', IsConverted: false },
};

export function salesforceHandsOf({ crm }: Pick<SalesforceLoop, 'crm'>): SalesforceHands {
  const { org } = crm;
  const row = (id: string): Row => {
    const found = org.find(id);
    if (found === undefined) throw new Error(`no record ${id}`);
    return found;
  };
  const create = (object: string, values: Cells): string =>
    org.insert(org.table(object).object, { OwnerId: org.automationUser, ...required[object], ...values }, { by }).id;
  const campaignNamed = (name: string): string => {
    const found = [...org.table('Campaign').all()].find(({ values }) => values['Name'] === name);
    return found?.id ?? create('Campaign', { Name: name, Type: 'Other', Status: 'In Progress', IsActive: true });
  };
  return {
    living: (object) =>
      [...org.table(object).all()].filter(
        ({ deletedAt, values }) => deletedAt === undefined && values['IsConverted'] !== true,
      ),
    row,
    value: (id, field) => row(id).values[field] ?? null,
    create,
    edit: (id, values) => org.update(row(id), values, { by }),
    shift: (id, values) => org.silently(row(id), values),
    remove: (id) => org.delete(row(id), { by }),
    undelete: (id) => org.undelete(row(id), { by }),
    purge: (id) => org.purge(row(id)),
    merge: (winner, ...losers) => mergeRecords(org, row(winner), losers.map(row)),
    convert: (lead, order) => convertLead(org, row(lead), order),
    respond(person, campaign, day) {
      const isLead = person.startsWith('00Q');
      return create('CampaignMember', {
        CampaignId: campaignNamed(campaign),
        LeadId: isLead ? person : null,
        ContactId: isLead ? null : person,
        LeadOrContactId: person,
        Status: 'Responded',
        HasResponded: true,
        FirstRespondedDate: day,
      });
    },
    writeSlowly(id, values) {
      const { transactions } = crm;
      const transaction = transactions.begin();
      transactions.write(transaction, { object: row(id).object, row: row(id), values });
      return () => void transactions.commit(transaction);
    },
  };
}

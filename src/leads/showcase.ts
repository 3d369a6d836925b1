import type { SessionServices } from '../connection.ts';
import { listOrgs } from '../db/queries/directory.ts';
import { readLeadPushes } from '../db/queries/lead-pushes.ts';
import { type ListedLead, listLeads } from '../db/queries/list-leads.ts';
import { readDashboard } from '../db/queries/read-dashboard.ts';
import { readRules } from '../db/queries/read-rules.ts';
import { sameValue } from '../mapping/write-policy.ts';
import type { LeadStatus } from '../model/lead.ts';
import { keyOf } from './crm-values.ts';
import { crmValuesOf } from './read-back.ts';
import { type CrmRecord, crmRecords, mappingsOf } from './read-person.ts';

/** The best of an organisation, for who has just begun. */
export interface Showcase {
  /** Slug. */
  readonly org: string;
  readonly leads: readonly ShownLead[];
  /** The best of those that have engaged and do not qualify yet. */
  readonly engaged: readonly ShownLead[];
  readonly signups: readonly ShownSignup[];
}

export interface ShownLead extends ListedLead {
  readonly crm: readonly ShownRecord[];
}

/** `isReadBack`: whether the values are the CRM's own answer; else what it had when we last read it or wrote to it. */
export interface ShownRecord extends Pick<CrmRecord, 'connection' | 'object' | 'externalId' | 'fields'> {
  readonly isReadBack: boolean;
}

/** Columns of `lead_dashboard`. */
export interface ShownSignup {
  readonly email: string;
  readonly champion_name: string | null;
  readonly company_domain: string | null;
  readonly company_name: string | null;
  readonly total_score: number;
  readonly tier: string;
  readonly suggested_action: string | null;
}

const shown = { leads: 50, signups: 5 } as const;
const everybody = {
  tier: null,
  scores: { least: 0, most: 100 },
  segment: null,
  connectionId: null,
  search: null,
  after: null,
  limit: shown.leads,
};
const dashboard = { tier: null, companyDomain: null, minScore: null, after: null, limit: shown.signups };

/** Of the first organisation; null = there is none. Asks the CRMs what they have. */
export async function readShowcase(services: SessionServices): Promise<Showcase | null> {
  const { database, definitions } = services;
  const [org] = await database.operator(listOrgs);
  if (org === undefined) return null;
  const found = await database.transaction(org.id, async (tx) => {
    const listed = async (status: LeadStatus | null) => (await listLeads(tx, { ...everybody, status })).leads;
    const [leads, engaged] = [await listed(null), await listed('engaged')];
    const pushes = await readLeadPushes(tx, [...new Set([...leads, ...engaged].map(({ id }) => id))]);
    const signups = (await readDashboard(tx, dashboard)) as unknown as readonly ShownSignup[];
    return { leads, engaged, pushes, signups, mappings: mappingsOf(await readRules(tx), definitions) };
  });
  const { values } = await crmValuesOf(services).of(org.id, found.pushes);
  const recordsOf = (lead: ListedLead): ShownLead => ({
    ...lead,
    crm: found.pushes
      .filter(({ leadId }) => leadId === lead.id)
      .flatMap((push) => {
        const answer = values.get(keyOf(push));
        const fields = (record: CrmRecord) =>
          record.fields.map((field) => {
            const has = answer === undefined ? field.has : (answer[field.name] ?? null);
            return { ...field, has, agrees: sameValue(field.wanted, has) };
          });
        return crmRecords([push], found.mappings).map((record) => ({
          ...record,
          fields: fields(record),
          isReadBack: answer !== undefined,
        }));
      }),
  });
  return {
    org: org.slug,
    leads: found.leads.map(recordsOf),
    engaged: found.engaged.map(recordsOf),
    signups: found.signups,
  };
}

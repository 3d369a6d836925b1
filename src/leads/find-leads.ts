import { findLead } from '../db/queries/find-lead.ts';
import { type LeadConnection, readLeadConnections } from '../db/queries/lead-connections.ts';
import { leadsById, type LeadList, type ListedLead, listLeads, type LeadListQuery } from '../db/queries/list-leads.ts';
import { readRules } from '../db/queries/read-rules.ts';
import type { Tx } from '../db/tx.ts';
import type { Tier } from '../model/profile.ts';
import { mqlProfileOf } from './explain.ts';

export interface LeadSearch extends Omit<LeadListQuery, 'scores' | 'connectionId'> {
  /** By name. */
  readonly connection: string | null;
}

export interface FoundLeads extends LeadList {
  /** Who has just this id or address, here or in a CRM; on the first page only. */
  readonly exact: ListedLead | null;
  /** What can be asked for. */
  readonly tiers: readonly string[];
  readonly segments: readonly string[];
  readonly connections: readonly Pick<LeadConnection, 'name' | 'kind'>[];
}

/** Leads that fit, best first; see `listLeads`. */
export async function findLeads(tx: Tx, search: LeadSearch): Promise<FoundLeads> {
  const { tiers, segments } = mqlProfileOf(await readRules(tx));
  const connections = await readLeadConnections(tx);
  const { connection, ...query } = search;
  const chosen = connections.find(({ name }) => name === connection);
  const isNowhere = connection !== null && chosen === undefined;
  const scores = scoresOf(tiers, query.tier);
  const list = isNowhere
    ? { leads: [], next: null }
    : await listLeads(tx, { ...query, scores, connectionId: chosen?.id ?? null });
  return {
    ...list,
    exact: query.after === null && query.search !== null ? await exactly(tx, query.search) : null,
    tiers: tiers.map(({ tier }) => tier),
    segments: [...new Set([...segments.map(({ segment }) => segment), 'unknown'])],
    connections: connections.map(({ name, kind }) => ({ name, kind })),
  };
}

async function exactly(tx: Tx, words: string): Promise<ListedLead | null> {
  const id = await findLead(tx, words);
  if (id === null) return null;
  const [lead] = await leadsById(tx, [id]);
  return lead ?? null;
}

/**
 * PURE. The scores that leads of a tier show. A tier is that of the exact score: one of 79.6 is shown as 80, and not hot yet.
 */
export function scoresOf(tiers: readonly Tier[], tier: string | null): LeadListQuery['scores'] {
  const place = tiers.findIndex((one) => one.tier === tier);
  const own = tiers[place];
  if (own === undefined) return { least: 0, most: 100 };
  const above = tiers[place - 1];
  return { least: Math.floor(own.atLeast), most: above === undefined ? 100 : Math.ceil(above.atLeast) };
}

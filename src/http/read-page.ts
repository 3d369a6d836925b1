import { readHealths } from '../db/queries/connection-health.ts';
import { listOrgs } from '../db/queries/directory.ts';
import { explainLead } from '../db/queries/explain-lead.ts';
import { pausesFor, readPauses } from '../db/queries/pauses.ts';
import { readRules, type StoredRules } from '../db/queries/read-rules.ts';
import type { Database, Tx } from '../db/tx.ts';
import { whatRuns } from '../health/what-runs.ts';
import { sameValue } from '../mapping/write-policy.ts';
import type { OutputField } from '../model/lead.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import type { ConnectionId, Fields, OrgId } from '../model/values.ts';
import { explainProduct } from '../plg/explain-product.ts';
import { activeProfile } from '../pull/prepare.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../scoring/defaults.ts';
import { CrmValues, keyOf, type ReadBack, type ReadCrm } from './crm-values.ts';
import type { ConnectionState, CrmRecord, LeadPage, LeadQuery, Overview, PageReader, Receipt } from './page-reader.ts';
import {
  countLeads,
  type PushRow,
  readConnections,
  readHistory,
  readLeads,
  readLedger,
  readPushes,
} from './queries.ts';
import { readSignups } from './read-signups.ts';

export interface PageSources {
  readonly database: Database;
  readonly readCrm: ReadCrm;
  /** Used by connections that configure no mapping; null for a kind without a connector. */
  readonly defaultMapping: (kind: string) => MappingDefinition | null;
  /** The next tick of a connection's schedule; null = it has none. */
  readonly nextRunAt: (connection: { readonly schedule: string | null; readonly timeZone: string }) => Date | null;
  readonly now: () => Date;
}

/** Leads on one page; one call reads them back from a CRM, whose batches take at least as many. */
const pageSize = 50;

/** The page's data, from the database and, for the values read back, from the CRM. */
export function createPageReader(sources: PageSources): PageReader {
  const { database } = sources;
  const crmValues = new CrmValues(sources.readCrm, sources.now);
  return {
    orgs: () => database.operator(listOrgs),
    overview: (orgId) => readOverview(sources, orgId),
    async leads(orgId, query) {
      const { rows, pushes, rules } = await readLines(database, orgId, query);
      const page = rows.slice(0, pageSize);
      const back = await crmValues.of(orgId, pushes);
      const records = recordsOf(pushes, back, outputNames(rules, sources));
      const last = rows.length > pageSize ? page.at(-1) : undefined;
      return {
        leads: page.map((lead) => ({ ...lead, crm: records.get(lead.id) ?? [] })),
        next: last === undefined ? null : { score: last.score, id: last.id },
        readAt: back.readAt,
        problem: back.problem,
      } satisfies LeadPage;
    },
    signups: (orgId, query) => readSignups(database, orgId, query),
    receipt: (orgId, leadId) => readReceipt({ sources, crmValues }, orgId, leadId),
  };
}

async function readLines(database: Database, orgId: OrgId, query: LeadQuery) {
  return database.transaction(orgId, async (tx) => {
    const rows = await readLeads(tx, query, pageSize + 1);
    const pushes = await readPushes(
      tx,
      rows.slice(0, pageSize).map(({ id }) => id),
    );
    return { rows, pushes, rules: await readRules(tx) };
  });
}

async function readOverview({ database, nextRunAt, now }: PageSources, orgId: OrgId): Promise<Overview> {
  return database.transaction(orgId, async (tx) => {
    const connections = await readConnections(tx);
    const standing = await standingIn(tx, now());
    return {
      connections: connections.map(({ timeZone, ...row }) => ({
        ...row,
        lastRun: withDates(row.lastRun),
        pausedReason: standing(row.id),
        nextRunAt: nextRunAt({ ...row, timeZone }),
      })),
      leads: await countLeads(tx),
      tiers: mqlProfileOf(await readRules(tx)).tiers.map(({ tier }) => tier),
    };
  });
}

/** Why a connection does not run now, or not in one direction; null = it runs. */
async function standingIn(tx: Tx, now: Date): Promise<(id: ConnectionId) => string | null> {
  const pauses = await readPauses(tx);
  const healths = new Map((await readHealths(tx)).map((row) => [row.connectionId, row]));
  return (connectionId) => {
    const own = pausesFor(pauses, { connectionId, sourceId: null });
    const { reason, until } = whatRuns(own, healths.get(connectionId) ?? null, now);
    return until === null ? reason : `waits until ${until.toISOString().slice(11, 16)} UTC: ${reason}`;
  };
}

/** JSON of the database writes instants as text. */
function withDates(run: ConnectionState['lastRun']): ConnectionState['lastRun'] {
  if (run === null) return null;
  return { ...run, startedAt: new Date(run.startedAt), endedAt: run.endedAt === null ? null : new Date(run.endedAt) };
}

interface ReceiptSources {
  readonly sources: PageSources;
  readonly crmValues: CrmValues;
}

async function readReceipt(
  { sources, crmValues }: ReceiptSources,
  orgId: OrgId,
  leadId: string,
): Promise<Receipt | null> {
  const found = await sources.database.transaction(orgId, async (tx) => {
    const story = await explainLead(tx, leadId);
    if (story === null) return null;
    const rules = await readRules(tx);
    const plg = activeProfile(rules, 'plg', defaultPlgProfile);
    return {
      story,
      pushes: await readPushes(tx, [leadId]),
      history: await readHistory(tx, leadId),
      ledger: await readLedger(tx, leadId),
      rules,
      product: await explainProduct(tx, leadId, { profile: plg.profile, now: sources.now() }),
    };
  });
  if (found === null) return null;
  const { story, pushes, history, ledger, rules, product } = found;
  const back = await crmValues.of(orgId, pushes);
  const { tiers, triggers } = mqlProfileOf(rules);
  const crm = recordsOf(pushes, back, outputNames(rules, sources)).get(leadId) ?? [];
  return { ...story, product, crm, readAt: back.readAt, problem: back.problem, tiers, triggers, history, ledger };
}

function mqlProfileOf({ profiles }: StoredRules) {
  return profiles.find(({ kind }) => kind === 'mql')?.profile ?? defaultMqlProfile;
}

/** Connection and CRM field → the value of ours that is written there. */
type OutputNames = ReadonlyMap<ConnectionId, ReadonlyMap<string, OutputField>>;

function outputNames({ connections }: StoredRules, { defaultMapping }: PageSources): OutputNames {
  return new Map(
    connections.map(({ id, kind, definition }) => {
      const rules = Object.entries((definition ?? defaultMapping(kind))?.objects ?? {});
      return [id, new Map(rules.flatMap(([object, { out }]) => out.map(({ to, from }) => [`${object}.${to}`, from])))];
    }),
  );
}

/** By lead: each CRM record field by field, what we want beside what the CRM answered or, failing that, last had. */
function recordsOf(pushes: readonly PushRow[], back: ReadBack, names: OutputNames): ReadonlyMap<string, CrmRecord[]> {
  const records = Map.groupBy(pushes, ({ leadId }) => leadId);
  return new Map([...records].map(([leadId, rows]) => [leadId, rows.map((row) => recordOf(row, back, names))]));
}

function recordOf(row: PushRow, back: ReadBack, names: OutputNames): CrmRecord {
  const { connection, object, externalId, state, lastError } = row;
  const answer: Fields | undefined = back.values.get(keyOf(row));
  const has = answer ?? row.remote;
  const fields = Object.entries(row.wanted).map(([name, wanted]) => ({
    name,
    of: names.get(row.connectionId)?.get(`${object}.${name}`) ?? null,
    wanted,
    has: has[name] ?? null,
    agrees: sameValue(wanted, has[name] ?? null),
  }));
  return { connection, object, externalId, state, lastError, isReadBack: answer !== undefined, fields };
}

import { leadsOfDevelopers } from '../db/queries/load-signups.ts';
import { readDashboard } from '../db/queries/read-dashboard.ts';
import { readRules } from '../db/queries/read-rules.ts';
import type { Database } from '../db/tx.ts';
import type { OrgId } from '../model/values.ts';
import { activeProfile } from '../pull/prepare.ts';
import { defaultPlgProfile } from '../scoring/defaults.ts';
import type { SignupLine, SignupPage, SignupQuery } from './page-reader.ts';

const pageSize = 50;

/** A page of `lead_dashboard`, best first. */
export async function readSignups(database: Database, orgId: OrgId, query: SignupQuery): Promise<SignupPage> {
  return database.transaction(orgId, async (tx) => {
    const { tier, after } = query;
    const key = after === null ? null : { score: after.score, developerId: after.id };
    const wanted = { tier, companyDomain: null, minScore: null, after: key, limit: pageSize + 1 };
    const rows = (await readDashboard(tx, wanted)) as unknown as readonly Omit<SignupLine, 'leadId'>[];
    const page = rows.slice(0, pageSize);
    const leadOf = await leadsOfDevelopers(
      tx,
      page.map(({ developer_id }) => developer_id),
    );
    const last = rows.length > pageSize ? page.at(-1) : undefined;
    const { profile } = activeProfile(await readRules(tx), 'plg', defaultPlgProfile);
    return {
      signups: page.map((row) => ({ ...row, leadId: leadOf.get(row.developer_id) ?? null })),
      next: last === undefined ? null : { score: last.total_score, id: last.developer_id },
      tiers: profile.tiers.map((one) => one.tier),
    };
  });
}

import { randomUUID } from 'node:crypto';
import { connectors } from '../../connectors/index.ts';
import type { ConnectorDefinition } from '../../src/connector-sdk/connector.ts';
import { features } from '../../src/db/queries/load-signups.ts';
import { readRules } from '../../src/db/queries/read-rules.ts';
import type { Tx } from '../../src/db/tx.ts';
import type { ScoringProfile } from '../../src/model/profile.ts';
import type { OrgId } from '../../src/model/values.ts';
import { rescoreAllSignups } from '../../src/plg/rescore-signups.ts';
import { type TouchedSignups, updateSignups } from '../../src/plg/update-signups.ts';
import type { ScoringContext } from '../../src/pull/pipeline.ts';
import { scoringContext } from '../../src/pull/prepare.ts';
import { velocityPay } from '../unit/scoring/plg-samples.ts';
import type { TestDatabase } from './database.ts';

type Row = Readonly<Record<string, unknown>>;

/** The product side of an organisation: rows as the seed writes them, and the scoring of them. */
export interface Product {
  /** Returns the id. */
  signup(row: Row & { readonly email: string }): Promise<string>;
  usage(email: string, row?: Row): Promise<void>;
  company(row: Row & { readonly domain: string }): Promise<void>;
  stakeholder(row: Row & { readonly company_domain: string }): Promise<void>;
  signal(row: Row & { readonly company_domain: string }): Promise<void>;
  profile(profile: ScoringProfile): Promise<void>;
  update(touched: Partial<TouchedSignups>): Promise<{ readonly scored: number }>;
  inTransaction(work: (tx: Tx, context: ScoringContext) => Promise<void>): Promise<void>;
  rescore(): Promise<{ readonly scored: number }>;
  /** By e-mail address. */
  score(email: string): Promise<StoredScore | null>;
  account(domain: string): Promise<StoredAccount | null>;
}

export interface StoredScore {
  readonly points: readonly number[];
  readonly total: number;
  readonly tier: string;
  readonly confidence: number;
  readonly action: string | null;
}

export interface StoredAccount extends StoredScore {
  readonly people: number;
  readonly share: number | null;
}

const definitions = connectors as unknown as readonly ConnectorDefinition[];

export function productOf(
  { db, orgId }: { readonly db: TestDatabase; readonly orgId: OrgId },
  now: () => Date = () => new Date(),
): Product {
  const insert = async (table: string, row: Row): Promise<string> => {
    const columns = Object.keys(row);
    const places = columns.map((_, index) => `$${index + 2}`);
    const [inserted] = await db.sql<{ id: string }>(
      `insert into ${table} (org_id, ${columns.join(', ')}) values ($1, ${places.join(', ')}) returning id`,
      [orgId, ...Object.values(row)],
    );
    return inserted!.id;
  };
  const contextOf = async (tx: Tx): Promise<ScoringContext> =>
    scoringContext(await readRules(tx), { orgId, runId: randomUUID(), at: now() }, definitions);
  const signal = new AbortController().signal;
  return {
    signup: async (row) => insert('developer_signups', { company_domain: row.email.split('@')[1], ...row }),
    async usage(email, row = {}) {
      const [found] = await db.sql<{ id: string }>(
        'select id from developer_signups where org_id = $1 and email = $2',
        [orgId, email],
      );
      await insert('internal_signals', { developer_id: found!.id, captured_at: now(), ...row });
    },
    async company(row) {
      await insert('company_enrichment', { ...row, imported: JSON.stringify(row) });
    },
    async stakeholder(row) {
      await insert('stakeholders', row);
    },
    async signal(row) {
      await insert('expansion_signals', { captured_at: now(), ...row });
    },
    async profile(profile) {
      await db.sql('update org_scoring_profiles set active = false where org_id = $1 and kind = $2', [
        orgId,
        profile.kind,
      ]);
      await db.sql(
        `insert into org_scoring_profiles (org_id, kind, name, version, profile, active)
         select $1, $2, $2, coalesce(max(version), 0) + 1, $3, true from org_scoring_profiles where org_id = $1 and kind = $2`,
        [orgId, profile.kind, JSON.stringify(profile)],
      );
    },
    update: async ({ developerIds = [], domains = [] }) =>
      db.database.transaction(orgId, async (tx) => updateSignups(tx, await contextOf(tx), { developerIds, domains })),
    inTransaction: async (work) => db.database.transaction(orgId, async (tx) => work(tx, await contextOf(tx))),
    async rescore() {
      const context = await db.database.transaction(orgId, contextOf);
      return rescoreAllSignups(db.database, context, { signal, onProgress: () => undefined });
    },
    async score(email) {
      const [row] = await db.sql<StoredScore>(
        `select ${scoreColumns} from lead_scores s join developer_signups d on d.id = s.developer_id
         where d.org_id = $1 and d.email = $2`,
        [orgId, email],
      );
      return row ?? null;
    },
    async account(domain) {
      const [row] = await db.sql<StoredAccount>(
        `select ${scoreColumns}, s.signup_count as people, s.top_share_pct as share from account_scores s
         where s.org_id = $1 and s.company_domain = $2`,
        [orgId, domain],
      );
      return row ?? null;
    },
  };
}

const scoreColumns = `array[s.company_score, s.usage_score, s.expansion_score, s.champion_score, s.timing_score] as points,
  s.total_score as total, s.tier, s.confidence, s.suggested_action as action`;

/** The seed's VelocityPay, in the rows of its tables; returns the signup's id. */
export async function addVelocityPay(product: Product): Promise<string> {
  const { email, signup, usage, company } = velocityPay;
  const domain = signup.company_domain ?? '';
  const { is_company_email: _generated, ...person } = signup;
  const id = await product.signup({ email, ...person });
  const { tech_stack, ...known } = company.company!;
  await product.company({ domain, ...known, tech_stack: JSON.stringify(tech_stack) });
  const { features_used, captured_at: _now, ...used } = usage;
  const flags = features.map(([column, name]) => [column, features_used?.includes(name) ?? null] as const);
  await product.usage(email, { ...used, ...Object.fromEntries(flags) });
  for (const person of company.stakeholders) await product.stakeholder({ company_domain: domain, ...person });
  for (const { captured_at: _seen, ...signal } of company.signals)
    await product.signal({ company_domain: domain, ...signal });
  return id;
}

import { loadCompanies } from '../db/queries/load-companies.ts';
import { loadSignups, nextSignups, type SignupPlace } from '../db/queries/load-signups.ts';
import type { Tx } from '../db/tx.ts';
import type { ScoringProfile } from '../model/profile.ts';
import { type Compared, type PreviewRun, PreviewTally, type ScorePreviewResult } from '../pull/preview-score.ts';
import { type CompiledProfile, compileProfile } from '../scoring/compile.ts';
import { CompanyFacts, domainsOf, factsOfSignup } from './facts-of.ts';
import { scoreProduct } from './product-score.ts';

const batchSignups = 2_000;

/** Scores every signup with a profile of kind plg that is not applied. Changes nothing. */
export async function previewSignups(profile: ScoringProfile, run: PreviewRun): Promise<ScorePreviewResult> {
  const compiled = compileProfile(profile);
  const tally = new PreviewTally();
  for (let after: SignupPlace | null = null; ;) {
    const places: readonly SignupPlace[] = await run.database.transaction(
      run.orgId,
      async (tx) => {
        const next = await nextSignups(tx, after, batchSignups);
        const ids = next.map(({ id }) => id);
        tally.add(await compareSignups(tx, { profile: compiled, at: run.at }, ids));
        return next;
      },
      run.signal,
    );
    if (places.length === 0) return tally.result();
    after = places.at(-1) ?? null;
    run.onProgress(tally.count);
  }
}

async function compareSignups(
  tx: Tx,
  { profile, at }: { readonly profile: CompiledProfile; readonly at: Date },
  ids: readonly string[],
): Promise<readonly Compared[]> {
  const rows = await loadSignups(tx, ids);
  const companies = new CompanyFacts(await loadCompanies(tx, domainsOf(rows)));
  return rows.map((row) => ({
    leadId: row.lead_id ?? row.id,
    before: row.total_score,
    after: scoreProduct({ plg: { profile, version: null }, at }, factsOfSignup(row, companies)).total,
    isMql: false,
    wouldBe: false,
    isEarly: false,
  }));
}

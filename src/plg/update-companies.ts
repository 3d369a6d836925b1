import { domainsOfRecords, knownDomains } from '../db/queries/crm-companies.ts';
import { lockProductScores, shareProductScores } from '../db/queries/lock-product-scores.ts';
import { readAccountOutputs } from '../db/queries/save-account-scores.ts';
import type { UpsertedRecord } from '../db/queries/upsert-source-records.ts';
import type { Tx } from '../db/tx.ts';
import { companyChangeTimes, noChange } from '../pull/change-times.ts';
import type { AcceptedRecord } from '../pull/normalise.ts';
import type { Pipeline, ScoringContext } from '../pull/pipeline.ts';
import { type SeenRemote, wantOfCompanies } from '../pull/want.ts';
import { readCrmCompanies } from './crm-companies.ts';
import { accountOutputs } from './score-accounts.ts';
import { scoreTouched, type UpdatedSignups } from './update-signups.ts';

export interface CompanyBatch {
  readonly object: string;
  readonly accepted: readonly AcceptedRecord[];
  /** Records that are not as they were. */
  readonly written: readonly UpsertedRecord[];
  /** Domains of records that are gone. */
  readonly lost: readonly string[];
  /** What has changed was not so then; null = it may have been so for long. */
  readonly newsSince: Date | null;
}

export const noSignups: UpdatedSignups = { scored: 0, leadIds: [] };

/**
 * Company records of a CRM have been stored or retired: their facts, and the scores that rest on them, follow. Companies that the
 * product side does not know are left alone. Idempotent.
 */
export async function updateCompanies(
  tx: Tx,
  pipeline: Pipeline,
  { object, accepted, written, lost, newsSince }: CompanyBatch,
): Promise<UpdatedSignups> {
  const changed = written.filter((record) => record.changed);
  const now = await domainsOfRecords(tx, { connectionId: pipeline.connectionId, object }, changed.map(idOf));
  // A record that has moved to another domain takes its word back from the first one.
  const before = changed.flatMap(({ previous }) => domainIn(previous?.['company_domain']));
  const known = await knownDomains(tx, [...new Set([...now, ...before, ...lost])]);
  if (known.length === 0) return noSignups;
  await lockProductScores(tx);
  const domains = await readCrmCompanies(tx, pipeline, known);
  const changedAt = companyChangeTimes(newsSince, domainsOf(accepted, changed));
  return scoreTouched(tx, pipeline, { developerIds: [], domains, changedAt });
}

/** Which companies the records that changed speak of now, and spoke of before. */
function domainsOf(accepted: readonly AcceptedRecord[], changed: readonly UpsertedRecord[]) {
  const records = new Map(accepted.map((record) => [record.externalId, record]));
  return changed.flatMap(({ externalId, previous }) => {
    const record = records.get(externalId);
    if (record === undefined) return [];
    const domains = [...domainIn(record.mapped['company_domain']), ...domainIn(previous?.['company_domain'])];
    return [{ modifiedAt: record.modifiedAt, domains }];
  });
}

const idOf = ({ externalId }: UpsertedRecord): string => externalId;

function domainIn(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}

/** Notes what the CRM has in the fields that we write to companies, beside what it shall have. */
export async function seeCompanies(
  tx: Tx,
  context: ScoringContext,
  accepted: readonly AcceptedRecord[],
  seen: SeenRemote,
): Promise<void> {
  const writes = context.outputs.find(({ connectionId }) => connectionId === seen.connectionId);
  if (writes?.objects[seen.object] === undefined) return;
  // Nobody may score these companies between our look at their scores and our word to the CRM.
  await shareProductScores(tx);
  const domains = [...new Set(accepted.flatMap(({ mapped }) => domainIn(mapped['company_domain'])))];
  const scores = await readAccountOutputs(tx, domains);
  const outputs = scores.map(
    ({ domain, total_score: total, tier, suggested_action: action }) =>
      [domain, accountOutputs({ total, tier, action })] as const,
  );
  // What somebody has done to our fields is no change that a score follows from.
  await wantOfCompanies(tx, context, new Map(outputs), { seen, changedAt: noChange });
}

import { addMissingCompanies, saveImported } from '../db/queries/ingest-companies.ts';
import { saveSignals } from '../db/queries/ingest-signals.ts';
import { type CompanyFactRow, saveStakeholders, type WrittenCompanyFact } from '../db/queries/ingest-stakeholders.ts';
import type { Tx } from '../db/tx.ts';
import type { Row } from './read-row.ts';
import type { RowOutcome, WriteTimes, Written } from './written.ts';

export async function writeCompanies(tx: Tx, rows: readonly Row[], { now }: WriteTimes): Promise<Written> {
  const companies = rows.map(({ domain, ...said }) => ({ domain: String(domain), said }));
  const created = new Set(
    await addMissingCompanies(
      tx,
      companies.map(({ domain }) => domain),
      now,
    ),
  );
  const changed = new Set([...created, ...(await saveImported(tx, companies, now))]);
  const outcomes = new Map<number, RowOutcome>();
  companies.forEach(({ domain }, place) => {
    if (changed.has(domain)) outcomes.set(place, { outcome: created.has(domain) ? 'created' : 'updated' });
  });
  return { outcomes, developerIds: [], domains: [...changed] };
}

export async function writeStakeholders(tx: Tx, rows: readonly Row[], { now }: WriteTimes): Promise<Written> {
  return writeFacts(tx, rows, { save: saveStakeholders, now });
}

export async function writeSignals(tx: Tx, rows: readonly Row[], { now }: WriteTimes): Promise<Written> {
  return writeFacts(tx, rows, { save: saveSignals, now });
}

interface FactWriting {
  readonly save: (tx: Tx, rows: readonly CompanyFactRow[], now: Date) => Promise<WrittenCompanyFact[]>;
  readonly now: Date;
}

/** Something that is known of a company, which is known by that. */
async function writeFacts(tx: Tx, rows: readonly Row[], { save, now }: FactWriting): Promise<Written> {
  const facts = rows.map((said, n) => ({ n, company_domain: String(said['company_domain']), said }));
  await addMissingCompanies(tx, [...new Set(facts.map(({ company_domain }) => company_domain))], now);
  const written = await save(tx, facts, now);
  return {
    outcomes: new Map(written.map(({ n, outcome }) => [n, { outcome }])),
    developerIds: [],
    domains: [...new Set(written.flatMap(({ n }) => facts[n]?.company_domain ?? []))],
  };
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRow, type Row } from '../../../src/ingest/read-row.ts';
import { type IngestKind, ingestKinds } from '../../../src/ingest/rows.ts';
import { compileProfile } from '../../../src/scoring/compile.ts';
import { defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import type { UsageRow } from '../../../src/model/product.ts';
import { scoreLead } from '../../../src/scoring/score.ts';
import { at } from '../scoring/builders.ts';
import {
  aCompany,
  aSignal,
  aSignup,
  aStakeholder,
  factsOfSample,
  type PlgSample,
  plgSamples,
} from '../scoring/plg-samples.ts';

const folder = 'config/examples/plg';
const files: Readonly<Record<IngestKind, string>> = {
  signups: 'signups.csv',
  usage: 'usage.csv',
  companies: 'companies.ndjson',
  stakeholders: 'stakeholders.csv',
  'expansion-signals': 'expansion-signals.csv',
};

/** No cell has a comma or a quote in it: as a person may write such a file by hand. */
function valuesOf(file: string): unknown[] {
  const [first = '', ...lines] = readFileSync(`${folder}/${file}`, 'utf8').trimEnd().split('\n');
  if (file.endsWith('.ndjson')) return [first, ...lines].map((line) => JSON.parse(line) as unknown);
  const names = first.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    expect([line, cells.length]).toEqual([line, names.length]);
    return Object.fromEntries(names.map((name, index) => [name, cells[index]]));
  });
}

function rowsOf(kind: IngestKind): readonly Row[] {
  return valuesOf(files[kind]).map((value) => {
    const read = readRow(kind, value, at);
    if ('rejection' in read) throw new Error(`${files[kind]}: ${read.rejection.message}`);
    return read.row;
  });
}

const rows = Object.fromEntries(ingestKinds.map((kind) => [kind, rowsOf(kind)])) as Record<IngestKind, readonly Row[]>;

const features: Readonly<Record<string, string>> = {
  uses_auth: 'Auth',
  uses_storage: 'Storage',
  uses_edge_functions: 'Edge Functions',
  uses_realtime: 'Realtime',
  uses_vector: 'Vector',
  uses_cron: 'Cron',
};

/** What the files say of a sample's person and company, completed as the tables complete a row. */
function inFiles({ email, signup, ...sample }: PlgSample): PlgSample {
  const domain = signup.company_domain;
  const ofCompany = (kind: IngestKind) => rows[kind].filter((row) => row['company_domain'] === domain);
  const { email: _, ...person } = rows.signups.find((row) => row['email'] === email) ?? {};
  const snapshot = rows.usage.find((row) => row['email'] === email) ?? {};
  const used = Object.keys(features).filter((flag) => snapshot[flag] === true);
  const unknown = Object.fromEntries(Object.keys(sample.usage).map((name) => [name, null])) as unknown as UsageRow;
  return {
    ...sample,
    email,
    signup: { ...aSignup(null, null), is_company_email: true, ...person },
    usage: { ...unknown, ...snapshot, captured_at: at, features_used: used.map((flag) => features[flag] ?? '') },
    company: {
      company: aCompany(rows.companies.find((row) => row['domain'] === domain) ?? {}),
      stakeholders: ofCompany('stakeholders').map((row) => ({ ...aStakeholder('', null, 'both'), ...row })),
      signals: ofCompany('expansion-signals').map((row) => ({ ...aSignal('', '', ''), ...row })),
    },
  };
}

const readme = readFileSync(`${folder}/README.md`, 'utf8');

describe.each(plgSamples.map((sample) => [sample.name, sample] as const))('the example files: %s', (name, sample) => {
  const facts = factsOfSample(inFiles(sample));

  it('say what the sample says', () => {
    expect(facts.values).toEqual({ ...factsOfSample(sample).values, active_projects: null });
    expect(rows.companies.find((row) => row['domain'] === sample.signup.company_domain)).toMatchObject({
      company_name: name,
      tech_stack: sample.company.company?.tech_stack,
    });
  });

  it('score what the README says', () => {
    const known = { leadId: '', baseline: {}, events: [], ...facts };
    const { total, tier, components } = scoreLead(compileProfile(defaultPlgProfile), known, at);
    const points = components.map(({ counted }) => counted).join(' / ');
    expect(readme).toContain(`| ${name} | ${points} | ${total} | ${tier} |`);
    expect(tier).toBe(sample.tier);
  });
});

import { expect, test } from 'vitest';
import type { CrmCompany } from '../../../src/db/queries/crm-companies.ts';
import { compileMapping } from '../../../src/mapping/compile.ts';
import type { ConflictRule } from '../../../src/model/mapping.ts';
import { layersOf } from '../../../src/plg/crm-companies.ts';

const rulesWith = (conflict: ConflictRule) => ({
  kind: 'hubspot',
  mapping: compileMapping({
    objects: {
      companies: {
        in: [{ from: ['size'], to: 'employee_count', transform: [], onInvalid: 'null', blank: 'keep', conflict }],
        out: [],
      },
    },
    counters: {
      website_visits: 'crm',
      content_downloads: 'crm',
      email_opens: 'crm',
      email_clicks: 'crm',
      demo_requested: 'crm',
    },
    events: [],
  }),
});
const connections = new Map([
  ['leading', rulesWith('crm')],
  ['filling', rulesWith('ours')],
]);
const record = (connectionId: string, mapped: CrmCompany['mapped']): CrmCompany => ({
  domain: 'a.example',
  connectionId,
  object: 'companies',
  mapped,
});

test('what a CRM says goes before what was imported, or fills its gaps, as the mapping has it', () => {
  const said = { employee_count: 5, tech_stack: ['AWS'] };
  expect(layersOf('a.example', [record('leading', said)], connections)).toEqual({
    domain: 'a.example',
    fills: {},
    wins: { employee_count: 5, tech_stack: ['AWS'] },
  });
  expect(layersOf('a.example', [record('filling', said)], connections)).toEqual({
    domain: 'a.example',
    fills: { employee_count: 5 },
    wins: { tech_stack: ['AWS'] },
  });
});

test('the newest record that says something speaks; a blank says nothing', () => {
  const records = [
    record('leading', { employee_count: null, industry: '' }),
    record('leading', { employee_count: 7, industry: 'Banking', tech_stack: [] }),
    record('leading', { employee_count: 9 }),
  ];
  expect(layersOf('a.example', records, connections).wins).toEqual({ employee_count: 7, industry: 'Banking' });
});

test('other fields of the record stay where they are', () => {
  expect(
    layersOf('a.example', [record('leading', { enrollment: 5, company_domain: 'a.example' })], connections),
  ).toEqual({
    domain: 'a.example',
    fills: {},
    wins: {},
  });
});

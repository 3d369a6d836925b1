import { describe, expect, test } from 'vitest';
import type { CrmRecord, LeadLine, Overview, Receipt } from '../../../src/http/page-reader.ts';
import { renderLeads } from '../../../src/http/render/leads.ts';
import { renderOverview } from '../../../src/http/render/overview.ts';
import { renderReceipt } from '../../../src/http/render/receipt.ts';
import { compileProfile } from '../../../src/scoring/compile.ts';
import { defaultMqlProfile } from '../../../src/scoring/defaults.ts';
import { scoreLead } from '../../../src/scoring/score.ts';

const at = new Date('2026-11-22T10:00:00Z');
const evil = '<script>alert(1)</script>';
const id = '3f0c2b58-0000-4000-8000-000000000001';

const record: CrmRecord = {
  connection: 'acme-hubspot',
  object: 'contacts',
  externalId: '51',
  state: 'settled',
  lastError: null,
  isReadBack: true,
  fields: [
    { name: 'leadloop_score', of: 'lead_score', wanted: 42, has: 42, agrees: true },
    { name: 'leadloop_tier', of: 'tier', wanted: 'nurture', has: 'nurture', agrees: true },
    { name: 'leadloop_reasons', of: 'reasons', wanted: evil, has: evil, agrees: true },
  ],
};

const line: LeadLine = {
  id,
  name: evil,
  email: null,
  companyName: `"${evil}`,
  title: evil,
  status: 'engaged',
  segment: 'SMB',
  score: 42,
  tier: 'nurture',
  reason: evil,
  crm: [record],
};

const noFilter = { status: null, tier: null, search: null, after: null };
const view = { org: 'acme', query: noFilter, tiers: ['hot', 'nurture'], total: 1, connections: 1 };
const pageOf = (leads: readonly LeadLine[]) => ({ leads, next: null, readAt: at, problem: null });

describe('the table of leads', () => {
  test('shows score, tier, status, reason and what the CRM answers, and nothing from a CRM as HTML', () => {
    const { text } = renderLeads({ ...view, page: pageOf([line]) });
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script&gt;');
    expect(text).toContain('>42<');
    expect(text).toContain('✓ agrees');
    expect(text).toContain(`href="/leads/${id}?org=acme"`);
  });

  test('says whose each value is where there are several CRMs, and only there', () => {
    const page = pageOf([{ ...line, crm: [record, { ...record, connection: 'acme-salesforce', object: 'Lead' }] }]);
    const { text } = renderLeads({ ...view, page, connections: 2 });
    expect(text).toMatch(/acme-hubspot contacts[^✓]*✓ agrees[^✓]*acme-salesforce Lead[^✓]*✓ agrees/u);
    expect(renderLeads({ ...view, page: pageOf([line]) }).text).not.toContain('acme-hubspot');
  });

  test.each([
    [{ ...record, state: 'pending' }, '… a write is waiting'],
    [{ ...record, state: 'dead' }, '✕ refused by the CRM'],
    [{ ...record, isReadBack: false }, '? not read back'],
    [{ ...record, fields: [{ ...record.fields[0]!, has: 7, agrees: false }] }, '≠ 1 of 1 differ'],
  ] satisfies [CrmRecord, string][])('says how the CRM and we agree: %#', (crm, words) => {
    expect(renderLeads({ ...view, page: pageOf([{ ...line, crm: [crm] }]) }).text).toContain(words);
  });

  test('keeps the filter in the link to the next page', () => {
    const query = { ...noFilter, status: 'engaged', search: 'a&b' } as const;
    const { text } = renderLeads({ ...view, query, page: { ...pageOf([line]), next: { score: 42, id } } });
    expect(text).toContain(`href="/?org=acme&amp;status=engaged&amp;q=a%26b&amp;after=42.${id}"`);
    expect(text).toContain('value="a&amp;b"');
    expect(text).toContain('<option selected>engaged</option>');
  });

  test('empty states teach', () => {
    expect(renderLeads({ ...view, total: 0, page: pageOf([]) }).text).toContain('leadloop sync');
    expect(renderLeads({ ...view, page: pageOf([]) }).text).toContain('Show all leads');
    expect(renderOverview({ connections: [], leads: {}, tiers: [] }, at).text).toContain('npm start');
  });

  test('says why values could not be read back', () => {
    const { text } = renderLeads({ ...view, page: { ...pageOf([line]), readAt: null, problem: 'token <gone>' } });
    expect(text).toContain('token &lt;gone&gt;');
  });
});

test('the state of the loop names the failure and its remedy', () => {
  const overview: Overview = {
    tiers: [],
    leads: { new: 1_200, mql: 3 },
    connections: [
      {
        name: 'acme-hubspot',
        kind: 'hubspot',
        baseUrl: null,
        schedule: '*/15 * * * *',
        pausedReason: null,
        pushMode: 'plan',
        succeededAt: new Date('2026-11-22T09:55:00Z'),
        nextRunAt: new Date('2026-11-22T10:00:30Z'),
        pendingWrites: 12,
        rejected: 2,
        apiCallsToday: 1_234,
        lastRun: {
          id: 'run-1',
          status: 'failed',
          counts: { pulled: 100, apiCalls: 1 },
          failure: { code: 'crm-unauthorised', message: 'The token is <expired>.', remedy: 'Renew it.' },
          startedAt: new Date('2026-11-22T09:59:00Z'),
          endedAt: new Date('2026-11-22T09:59:30Z'),
        },
      },
    ],
  };
  const words = renderOverview(overview, at).text.replaceAll(/\s+/gu, ' ');
  for (const expected of [
    'in 30 s',
    '5 min ago',
    'The token is &lt;expired&gt;.',
    'Renew it.',
    '1,234',
    '12 (push.mode is plan)',
    '1 API call<',
    '1,203 leads: 1,200 new, 3 mql',
  ])
    expect(words).toContain(expected);
});

describe('the receipt of a lead', () => {
  const values = { email_opens: 3, website_visits: 4, title: 'Superintendent', enrollment: 30_000 };
  const breakdown = scoreLead(
    compileProfile(defaultMqlProfile),
    { leadId: id, values, events: [], baseline: null },
    at,
  );
  const receipt: Receipt = {
    product: { signups: [], account: null },
    lead: {
      id,
      name: evil,
      email: 'a@b.example',
      companyName: evil,
      title: evil,
      status: 'mql',
      segment: 'SMB',
      mqlAt: at,
      facts: {},
      baseline: null,
    },
    breakdowns: [breakdown],
    transitions: [
      { leadId: id, from: 'new', to: 'mql', at, cause: { type: 'crm', connectionId: 'c', value: evil }, episode: 0 },
    ],
    events: [{ type: 'email_open', occurredAt: at, quantity: 3, detail: evil }],
    sources: [{ connection: 'acme-hubspot', object: 'contacts', externalId: '51', modifiedAt: at, goneAt: null }],
    crm: [record],
    readAt: at,
    problem: null,
    tiers: defaultMqlProfile.tiers,
    triggers: defaultMqlProfile.triggers,
    history: [{ kind: 'mql', before: 10, total: 42, tier: 'nurture', reason: evil, at }],
    ledger: [
      {
        connection: 'acme-hubspot',
        field: 'leadloop_score',
        before: 10,
        after: 42,
        why: 'differs',
        sentAt: at,
        outcome: null,
        outcomeReason: evil,
      },
    ],
  };

  test('shows every point: rule, input, earned, counted', () => {
    const { text } = renderReceipt(receipt, 'acme');
    for (const { label } of breakdown.contributions) expect(text).toContain(label);
    for (const { name } of breakdown.components) expect(text).toContain(name);
    expect(text).toContain('in doubt');
    expect(text).toContain('10 → 42');
    expect(text).not.toContain('<script>');
  });

  test('says what is not there yet', () => {
    const empty = {
      ...receipt,
      breakdowns: [],
      transitions: [],
      events: [],
      crm: [],
      history: [],
      ledger: [],
      readAt: null,
    };
    const { text } = renderReceipt(empty, 'acme');
    for (const words of ['Not scored yet', 'Still new', 'Nothing has been written', 'No dated engagement'])
      expect(text).toContain(words);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LeadContribution, mergeLeadValues } from '../../../src/mapping/merge.ts';
import { type LeadField, leadFieldNames, type LeadValues } from '../../../src/model/lead.ts';
import type { BlankPolicy, ConflictRule } from '../../../src/model/mapping.ts';

const rules = (conflict: ConflictRule = 'crm', blank: BlankPolicy = 'keep') =>
  leadFieldNames.map((to: LeadField) => ({ to, blank, conflict }));
const says = (values: LeadValues, more: Partial<LeadContribution> = {}): LeadContribution => ({
  connectionId: 'c1',
  object: 'contacts',
  externalId: '1',
  modifiedAt: new Date('2026-11-22T12:00:00Z'),
  values,
  rules: rules(),
  kind: 'lead',
  previous: null,
  ...more,
});
const later = new Date('2026-11-23T12:00:00Z');

describe('mergeLeadValues', () => {
  it.each<[ConflictRule, string]>([
    ['crm', 'Director'],
    ['crm-unless-blank', 'Director'],
    ['newest', 'Director'],
    ['ours', 'Manager'],
  ])('under "%s" takes an edited CRM value as %s', (conflict, title) => {
    const edited = says({ title: 'Director' }, { rules: rules(conflict), previous: { title: 'Teacher' } });
    expect(mergeLeadValues({ title: 'Manager' }, [edited])).toEqual({ title });
  });

  it.each<[ConflictRule, string]>([
    ['crm', 'Director'],
    ['newest', 'Manager'],
  ])('under "%s" takes an unchanged CRM value, where ours has changed since, as %s', (conflict, title) => {
    const unchanged = says({ title: 'Director' }, { rules: rules(conflict), previous: { title: 'Director' } });
    expect(mergeLeadValues({ title: 'Manager' }, [unchanged])).toEqual({ title });
  });

  it.each(['crm', 'ours', 'crm-unless-blank', 'newest'] as const)('fills a blank of ours under "%s"', (conflict) => {
    const unchanged = says({ title: 'Director' }, { rules: rules(conflict), previous: { title: 'Director' } });
    expect(mergeLeadValues({ title: '' }, [unchanged])).toEqual({ title: 'Director' });
  });

  it('takes nothing that is told of a company alone', () => {
    const told = { industry: 'Retail', funding_stage: 'seed', tech_stack: ['AWS', 'React'] };
    const company = says(told, { kind: 'company' });
    expect(mergeLeadValues({}, [company])).toEqual({ industry: 'Retail' });
  });

  it('never overwrites an enrollment of ours with a blank ("Starbridge/Manual", seed leads-and-scoring.md)', () => {
    for (const conflict of ['crm', 'ours', 'crm-unless-blank', 'newest'] as const) {
      const blank = says({ enrollment: null }, { rules: rules(conflict, 'clear'), previous: { enrollment: 900 } });
      expect(mergeLeadValues({ enrollment: 12_000 }, [blank])).toEqual({ enrollment: 12_000 });
    }
  });

  it('lets a blank take back what the same record had said, where the rule clears', () => {
    const blank = (conflict: ConflictRule) =>
      says({ crm_status: null }, { rules: rules(conflict, 'clear'), previous: { crm_status: 'sql' } });
    expect(mergeLeadValues({ crm_status: 'sql' }, [blank('crm')])).toEqual({ crm_status: null });
    expect(mergeLeadValues({ crm_status: 'sql' }, [blank('newest')])).toEqual({ crm_status: null });
    expect(mergeLeadValues({ crm_status: 'sql' }, [blank('crm-unless-blank')])).toEqual({ crm_status: 'sql' });
    expect(mergeLeadValues({ crm_status: 'sql' }, [blank('ours')])).toEqual({ crm_status: 'sql' });
  });

  it('leaves alone what no record speaks of', () => {
    expect(mergeLeadValues({ title: 'Manager' }, [says({ state: 'CA' })])).toEqual({ title: 'Manager', state: 'CA' });
    expect(mergeLeadValues({ title: 'Manager' }, [])).toEqual({ title: 'Manager' });
  });

  it('takes the greatest of a counter, and any of a flag: they count one person’s doings', () => {
    const records = [
      says({ website_visits: 4, demo_requested: false }),
      says({ website_visits: 9, demo_requested: true }, { externalId: '2' }),
    ];
    expect(mergeLeadValues({ website_visits: 20 }, records)).toEqual({ website_visits: 9, demo_requested: true });
    expect(mergeLeadValues({}, [says({ demo_requested: false, email_opens: null })])).toEqual({
      demo_requested: false,
      email_opens: null,
    });
  });

  it('keeps a demo that was requested once, whatever the latest form was', () => {
    expect(mergeLeadValues({ demo_requested: true }, [says({ demo_requested: false })])).toEqual({
      demo_requested: true,
    });
  });

  it('fills source and source_detail once: first touch', () => {
    const touch = says(
      { source: 'EMAIL_MARKETING', source_detail: 'autumn' },
      { previous: { source: 'X', source_detail: 'y' } },
    );
    expect(mergeLeadValues({ source: 'ORGANIC_SEARCH', source_detail: null }, [touch])).toEqual({
      source: 'ORGANIC_SEARCH',
      source_detail: 'autumn',
    });
  });

  it('lets a person’s own record go before its company’s, which fills its blanks', () => {
    const person = says({ company_name: 'Springfield USD', industry: null });
    const company = says(
      { company_name: 'Springfield Unified', industry: 'Education' },
      { kind: 'company', object: 'companies', modifiedAt: later },
    );
    expect(mergeLeadValues({}, [company, person])).toEqual({ company_name: 'Springfield USD', industry: 'Education' });
  });

  it('takes the newest of two records that disagree, and then no turns: our own write moves a stamp, but is no edit', () => {
    const first = says({ title: 'Director' });
    const second = says({ title: 'Principal' }, { externalId: '2', modifiedAt: later });
    expect(mergeLeadValues({}, [first, second])).toEqual({ title: 'Principal' });
    const echoed = says(
      { title: 'Director' },
      { modifiedAt: new Date('2026-11-24T00:00:00Z'), previous: { title: 'Director' } },
    );
    const still = { ...second, previous: second.values };
    expect(mergeLeadValues({ title: 'Principal' }, [echoed, still])).toEqual({ title: 'Principal' });
    const edited = { ...echoed, values: { title: 'Head' } };
    expect(mergeLeadValues({ title: 'Principal' }, [edited, still])).toEqual({ title: 'Head' });
  });

  it('treats a field without a rule as one that the CRM decides', () => {
    expect(mergeLeadValues({ title: 'Manager' }, [says({ title: 'Director' }, { rules: [] })])).toEqual({
      title: 'Director',
    });
  });

  it('does not depend on the order of the records', () => {
    const values = fc.record(
      {
        title: fc.constantFrom('a', 'b', '', null),
        enrollment: fc.option(fc.nat(3)),
        website_visits: fc.option(fc.nat(9)),
        demo_requested: fc.option(fc.boolean()),
        source: fc.constantFrom('x', 'y', null),
      },
      { requiredKeys: [] },
    );
    const contribution = fc.record({
      connectionId: fc.constantFrom('c1', 'c2'),
      object: fc.constantFrom('contacts', 'Lead'),
      externalId: fc.constantFrom('1', '2', '3'),
      modifiedAt: fc.constantFrom(later, new Date('2026-11-22T12:00:00Z')),
      values,
      rules: fc.constantFrom(rules('crm'), rules('ours'), rules('newest', 'clear'), rules('crm-unless-blank', 'clear')),
      kind: fc.constantFrom('lead' as const, 'company' as const),
      previous: fc.option(values),
    });
    const records = fc.uniqueArray(contribution, {
      maxLength: 6,
      selector: ({ connectionId, object, externalId }) => `${connectionId} ${object} ${externalId}`,
    });
    fc.assert(
      fc.property(values, records, fc.func(fc.integer()), (current, list, weight) => {
        const shuffled = list.toSorted((a, b) => weight(a.externalId, a.object) - weight(b.externalId, b.object));
        expect(mergeLeadValues(current, shuffled)).toEqual(mergeLeadValues(current, list));
        expect(mergeLeadValues(current, list.toReversed())).toEqual(mergeLeadValues(current, list));
      }),
    );
  });

  it('comes to rest: once merged, the same records change nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('a', 'b', null),
        fc.constantFrom('a', 'b', null),
        fc.constantFrom<ConflictRule>('crm', 'ours', 'newest', 'crm-unless-blank'),
        (one, two, conflict) => {
          const records = [
            says({ title: one }, { rules: rules(conflict) }),
            says({ title: two }, { externalId: '2', rules: rules(conflict) }),
          ];
          const merged = mergeLeadValues({}, records);
          const again = records.map((record) => ({ ...record, previous: record.values }));
          expect(mergeLeadValues(merged, again)).toEqual(merged);
        },
      ),
    );
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkMapping, withoutPaused } from '../../../src/mapping/check.ts';
import { compileMapping, fieldsOf } from '../../../src/mapping/compile.ts';
import { normaliseRecord } from '../../../src/mapping/normalise.ts';
import { parseTransforms, ruleDefaults } from '../../../src/mapping/parse.ts';
import { type ObjectKinds, validateMapping } from '../../../src/mapping/validate.ts';
import type { InRule, MappingDefinition, OutRule } from '../../../src/model/mapping.ts';
import type { FieldSchema } from '../../../src/model/records.ts';
import { aField, aMapping, aRecord, inRule, outRule } from './builders.ts';

const daily = { fullPassHours: 24 };

const check = (definition: MappingDefinition, fields: readonly FieldSchema[]) =>
  checkMapping(compileMapping(definition), { contacts: fields }, daily).map(({ field, code, severity }) => [
    field,
    code,
    severity,
  ]);

describe('checkMapping', () => {
  it('finds nothing where all fits', () => {
    const definition = aMapping({ in: [inRule('jobtitle', 'title')], out: [outRule('lead_score', 'our_score')] });
    expect(check(definition, [aField('jobtitle'), aField('our_score', { type: 'number' })])).toEqual([]);
  });

  it('pauses every field of an object that cannot be described', () => {
    const definition = aMapping({ in: [inRule('jobtitle', 'title')], out: [outRule('tier', 'our_tier')] });
    expect(checkMapping(compileMapping(definition), {}, daily).map(({ direction, code }) => [direction, code])).toEqual(
      [
        ['in', 'unreadable'],
        ['out', 'unreadable'],
      ],
    );
  });

  it('names a missing field with what to do about it', () => {
    const definition = aMapping({
      in: [inRule('JobTitle', 'title'), inRule('nope', 'state')],
      out: [outRule('tier', 'gone')],
    });
    const problems = checkMapping(compileMapping(definition), { contacts: [aField('jobtitle')] }, daily);
    expect(problems.map(({ remedy }) => remedy)).toEqual([
      'Write jobtitle instead.',
      'Create it in the CRM or grant the connection access to it, or take it out of the mapping.',
      'Let leadloop create it, or take it out of the mapping.',
    ]);
    expect(problems.every(({ code, severity }) => code === 'missing-field' && severity === 'pauses')).toBe(true);
    expect(problems[1]?.message).toBe(
      'contacts has no field nope, or field-level security hides it from this connection',
    );
  });

  it('pauses a type that a lead field cannot take, unless a transform converts it', () => {
    const fields = [aField('since', { type: 'date' })];
    expect(check(aMapping({ in: [inRule('since', 'enrollment')] }), fields)).toEqual([
      ['since', 'wrong-type', 'pauses'],
    ]);
    expect(
      check(aMapping({ in: [inRule('since', 'enrollment', { transform: [{ name: 'integer' }] })] }), fields),
    ).toEqual([]);
  });

  it.each<[FieldSchema['type'], string | null]>([
    ['options', null],
    ['option', null],
    ['text', null],
    ['number', 'wrong-type'],
  ])('judges a list that is read from %s', (type, code) => {
    expect(check(aMapping({ in: [inRule('tools', 'tech_stack')] }), [aField('tools', { type })])).toEqual(
      code === null ? [] : [['tools', code, 'pauses']],
    );
  });

  it('warns of a calculated field that is read: its changes go unreported', () => {
    const definition = aMapping({ in: [inRule('form', 'source_detail')] });
    const fields = [aField('form', { calculated: true })];
    expect(check(definition, fields)).toEqual([['form', 'calculated', 'warns']]);
    const [problem] = checkMapping(compileMapping(definition), { contacts: fields }, { fullPassHours: 6 });
    expect(problem?.message).toContain('read anew every 6 hours');
    expect(problem?.remedy).toContain('pull.fullPassHours');
  });

  it.each<[string, OutRule, Partial<FieldSchema>, string | null]>([
    ['a read-only field', outRule('tier', 'f'), { readOnly: true }, 'read-only'],
    ['a calculated field', outRule('tier', 'f'), { calculated: true }, 'read-only'],
    ['anything under never', outRule('tier', 'f', { write: 'never' }), { readOnly: true }, null],
    ['a date for a score', outRule('lead_score', 'f'), { type: 'date' }, 'wrong-type'],
    ['a score that is translated', outRule('lead_score', 'f', { values: { 1: 'a' } }), {}, null],
    ['options that lack a status', outRule('status', 'f'), { type: 'option', options: ['new'] }, 'missing-option'],
    [
      'options that lack a translation',
      outRule('tier', 'f', { values: { hot: 'H' } }),
      { type: 'option', options: ['C'] },
      'missing-option',
    ],
    ['options for tiers, which a profile chooses', outRule('tier', 'f'), { type: 'option', options: ['x'] }, null],
    ['options for true and false', outRule('is_mql', 'f'), { type: 'option', options: ['true', 'false'] }, null],
    ['forward without options', outRule('status', 'f', { write: 'forward' }), {}, 'missing-option'],
    ['several options', outRule('tier', 'f', { values: { hot: 'H' } }), { type: 'options', options: ['H'] }, null],
  ])('judges %s', (_what, rule, schema, code) => {
    expect(check(aMapping({ out: [rule] }), [aField('f', schema)])).toEqual(
      code === null ? [] : [['f', code, 'pauses']],
    );
  });
});

describe('withoutPaused', () => {
  it('leaves out the broken fields and nothing else', () => {
    const mapping = compileMapping(
      aMapping({
        in: [inRule(['a', 'gone'], 'name'), inRule('gone', 'title'), inRule('calc', 'state')],
        out: [outRule('tier', 'no'), outRule('segment', 'yes')],
      }),
    );
    const fields = [aField('a'), aField('calc', { calculated: true }), aField('yes')];
    const working = withoutPaused(mapping, checkMapping(mapping, { contacts: fields }, daily));
    expect(fieldsOf(working, 'contacts')).toEqual(['a', 'calc', 'yes']);
    expect(working.objects.get('contacts')?.in.map(({ from, to }) => [from, to])).toEqual([
      [['a'], 'name'],
      [['calc'], 'state'],
    ]);
    expect(checkMapping(working, { contacts: fields }, daily).every(({ severity }) => severity === 'warns')).toBe(true);
  });
});

describe('validateMapping', () => {
  const found = (definition: MappingDefinition, kinds: ObjectKinds = new Map()) =>
    validateMapping(definition, kinds).map(({ path, message }) => `${path}: ${message}`);

  it('finds rules that can do nothing, twice the same, or their own work', () => {
    const rules = {
      in: [inRule([], 'title'), inRule('a', 'nope' as InRule['to']), inRule('b', 'state'), inRule('c', 'state')],
      out: [
        outRule('nope' as OutRule['from'], 'x'),
        outRule('tier', 'y'),
        outRule('segment', 'y'),
        outRule('status', 'a'),
      ],
    };
    expect(found(aMapping(rules))).toEqual([
      'objects.contacts.in[0].from: the rule reads no field',
      'objects.contacts.in[1].to: there is no field "nope" to fill',
      'objects.contacts.out[0].from: there is no value "nope" to push',
      'objects.contacts.in: two rules fill "state"',
      'objects.contacts.out: two rules fill "y"',
      'objects.contacts.out: "a" is both read and written',
    ]);
  });

  it('knows what is told of a person, of a company and of nobody, where it knows which is which', () => {
    const rules = {
      in: [inRule('stage', 'funding_stage')],
      out: [outRule('lead_score', 'a'), outRule('plg_score', 'b')],
    };
    const both = aMapping({}, { objects: { companies: rules, contacts: rules, deals: { in: [], out: rules.out } } });
    expect(found(both)).toEqual([]);
    const kinds: ObjectKinds = new Map([
      ['companies', 'company'],
      ['contacts', 'lead'],
      ['deals', 'opportunity'],
    ]);
    expect(found(both, kinds)).toEqual([
      'objects.companies.out[0].from: "lead_score" is of a person, and companies is a company',
      'objects.contacts.in[0].to: "funding_stage" is told of a company, which contacts is not',
      'objects.deals.out[0]: nothing is written to deals',
      'objects.deals.out[1]: nothing is written to deals',
    ]);
    expect(validateMapping(both, kinds).map(({ remedy }) => remedy)).toEqual([
      'Use one of: plg_score, plg_tier, suggested_action.',
      'Move the rule to companies.',
      'Take the rule away.',
      'Take the rule away.',
    ]);
    const unknown = aMapping({ in: [inRule('a', 'nope' as InRule['to'])] });
    const [problem] = validateMapping(unknown, kinds);
    expect(problem?.remedy).toContain('company_domain');
    expect(problem?.remedy).not.toContain('funding_stage');
  });

  it('finds transforms that cannot run', () => {
    const transform = [
      { name: 'truncate', length: 0 },
      { name: 'regex', pattern: '(a+)+', group: 1 },
      { name: 'matches', pattern: 'a' },
    ] as const;
    expect(found(aMapping({ in: [inRule('a', 'title', { transform })] }))).toEqual([
      'objects.contacts.in[0].transform[0]: truncate needs a length',
      expect.stringContaining('objects.contacts.in[0].transform[1]: the pattern repeats a group'),
    ]);
  });

  it('finds a counter with two sources, and one with none', () => {
    const { counters } = aMapping({});
    const twice = aMapping({ in: [inRule('visits', 'website_visits')] });
    expect(found(twice)).toEqual([
      'counters.website_visits: website_visits is counted from events, and an `in` rule fills it too',
    ]);
    expect(found({ ...twice, counters: { ...counters, website_visits: 'crm' } })).toEqual([]);
    expect(found(aMapping({}, { counters: { ...counters, email_opens: 'crm' } }))).toEqual([
      'counters.email_opens: email_opens comes from the CRM, but no `in` rule fills it',
    ]);
  });

  it('finds an event that is no engagement', () => {
    const events = [{ object: 'forms', contains: '', type: 'nap' }] as unknown as MappingDefinition['events'];
    expect(found(aMapping({}, { events }))).toEqual(['events[0].type: there is no engagement "nap"']);
    expect(found(aMapping({}, { events: [{ object: 'forms', contains: '', type: 'call' }] }))).toEqual([]);
  });
});

describe('config/mappings/hubspot.yaml', () => {
  interface File extends Omit<MappingDefinition, 'objects'> {
    readonly objects: Record<
      string,
      { in: (Partial<InRule> & { from: string | string[]; transform?: unknown })[]; out: Partial<OutRule>[] }
    >;
  }
  const file = parse(readFileSync('config/mappings/hubspot.yaml', 'utf8')) as File;
  const { transform: _none, write, values, ...inDefaults } = ruleDefaults;
  const objects = Object.entries(file.objects).map(([name, object]) => {
    const inRules = object.in.map((rule) => {
      const { transforms, problems } = parseTransforms(rule.transform);
      if (problems.length > 0) throw new Error(JSON.stringify(problems));
      return { ...inDefaults, ...rule, from: [rule.from].flat(), transform: transforms };
    });
    return [name, { in: inRules, out: object.out.map((rule) => ({ write, values, ...rule })) }] as const;
  });
  const definition = { ...file, objects: Object.fromEntries(objects) } as MappingDefinition;
  const mapping = compileMapping(definition);
  const normalise = (fields: Parameters<typeof aRecord>[0], object = 'contacts') => {
    const result = normaliseRecord(mapping, aRecord(fields, { object }));
    return 'values' in result ? result.values : result;
  };

  it('is sound', () => {
    expect(
      validateMapping(
        definition,
        new Map([
          ['companies', 'company'],
          ['contacts', 'lead'],
        ]),
      ),
    ).toEqual([]);
  });

  it('reads a contact', () => {
    expect(
      normalise({
        email: ' Ada@Springfield.k12.us ',
        firstname: 'Ada ',
        lastname: 'Lovelace',
        jobtitle: 'Superintendent',
        state: 'illinois',
        hs_analytics_num_visits: '12',
        hs_email_open: 3,
        recent_conversion_event_name: 'Request a Demo: form',
        hs_lead_status: 'OPEN',
        lifecyclestage: 'salesqualifiedlead',
      }),
    ).toEqual({
      email: 'ada@springfield.k12.us',
      name: 'Ada Lovelace',
      title: 'Superintendent',
      state: 'IL',
      website_visits: 12,
      email_opens: 3,
      demo_requested: true,
      crm_status: 'sql',
    });
  });

  it.each([
    ['UNQUALIFIED', 'lead', 'disqualified'],
    ['BAD_TIMING', 'lead', 'recycled'],
    [null, 'opportunity', 'opportunity'],
    [null, 'customer', 'opportunity'],
    ['NEW', 'marketingqualifiedlead', null],
  ])('reads lead status %s with stage %s as %s', (hs_lead_status, lifecyclestage, expected) => {
    expect(normalise({ hs_lead_status, lifecyclestage })).toEqual({ crm_status: expected });
  });

  it('reads a company', () => {
    const company = {
      name: 'Springfield USD',
      numberofemployees: 900,
      domain: 'https://www.Springfield.k12.us/',
      district_enrollment: '12,500',
    };
    expect(normalise(company, 'companies')).toEqual({
      company_name: 'Springfield USD',
      employee_count: 900,
      company_domain: 'springfield.k12.us',
      enrollment: 12_500,
    });
  });

  it('pauses the enrollment alone where a portal has no such property', () => {
    const companies = ['name', 'numberofemployees', 'industry', 'domain'].map((name) => aField(name));
    const contacts = fieldsOf(mapping, 'contacts').map((name) => aField(name));
    const problems = checkMapping(mapping, { companies, contacts }, daily).filter(
      ({ severity, direction }) => severity === 'pauses' && direction === 'in',
    );
    expect(problems.map(({ object, field }) => [object, field])).toEqual([['companies', 'district_enrollment']]);
    expect(withoutPaused(mapping, problems).objects.get('companies')?.in).toHaveLength(4);
  });
});

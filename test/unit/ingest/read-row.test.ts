import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownDomain } from '../../../src/ingest/own-domain.ts';
import { readRow, type ReadRow } from '../../../src/ingest/read-row.ts';
import { ingestKinds, rowForms, rowSchema } from '../../../src/ingest/rows.ts';
import { Value } from 'typebox/value';

const now = new Date('2026-11-22T12:00:00Z');
const email = 'ada@acme.example';
const rowOf = (read: ReadRow) => ('row' in read ? read.row : read.rejection);
const usage = (more: object) => rowOf(readRow('usage', { email, ...more }, now));
const company = (more: object) => rowOf(readRow('companies', { domain: 'acme.example', ...more }, now));

describe('what is harmless is forgiven', () => {
  it.each([
    [{ project_count: '12' }, { project_count: 12 }],
    [{ project_count: '1,200' }, { project_count: 1200 }],
    [{ project_count: 12.0 }, { project_count: 12 }],
    [{ uses_auth: 'Yes' }, { uses_auth: true }],
    [{ uses_auth: 0 }, { uses_auth: false }],
    [{ uses_auth: '' }, { uses_auth: null }],
    [{ billing_tier: ' Pro ' }, { billing_tier: 'pro' }],
    [{ last_active_at: '2026-11-20' }, { last_active_at: '2026-11-20T00:00:00.000Z' }],
    [{ last_active_at: '2026-11-20T10:00:00+02:00' }, { last_active_at: '2026-11-20T08:00:00.000Z' }],
    [{ api_calls_30d: Number.MAX_SAFE_INTEGER }, { api_calls_30d: Number.MAX_SAFE_INTEGER }],
    [{ project_count: undefined }, {}],
  ])('%j', (given, read) => {
    expect(usage(given)).toEqual({ email, ...read });
  });

  it.each([
    ['AWS; Auth0 ;AWS', ['AWS', 'Auth0']],
    ['AWS, Auth0', ['AWS', 'Auth0']],
    ['["AWS", "Auth0, Inc"]', ['AWS', 'Auth0, Inc']],
    [
      ['AWS', 7],
      ['AWS', '7'],
    ],
    [[], []],
  ])('a list as %j', (given, read) => {
    expect(company({ tech_stack: given })).toMatchObject({ tech_stack: read });
  });

  it('a funding stage as people write it, an address in capitals, a URL for a domain', () => {
    expect(company({ funding_stage: 'Series B' })).toMatchObject({ funding_stage: 'series_b' });
    expect(rowOf(readRow('signups', { email: ' Ada@ACME.example ' }, now))).toEqual({ email });
    expect(rowOf(readRow('companies', { domain: 'https://www.Acme.example/about' }, now))).toEqual({
      domain: 'acme.example',
    });
  });
});

describe('what is not is named', () => {
  it.each<[object, string, string]>([
    [{ project_count: -1 }, 'project_count', 'invalid'],
    [{ project_count: 1.5 }, 'project_count', 'invalid'],
    [{ project_count: 3_000_000_000 }, 'project_count', 'invalid'],
    [{ project_count: true }, 'project_count', 'invalid'],
    [{ project_count: [1] }, 'project_count', 'invalid'],
    [{ project_count: {} }, 'project_count', 'invalid'],
    [{ uses_auth: 'perhaps' }, 'uses_auth', 'invalid'],
    [{ last_active_at: '20.11.2026' }, 'last_active_at', 'invalid'],
    [{ last_active_at: '2026-02-30' }, 'last_active_at', 'invalid'],
    [{ billing_tier: 'x'.repeat(101) }, 'billing_tier', 'invalid'],
    [{ email: 'ada' }, 'email', 'invalid'],
    [{ email: `${'a'.repeat(250)}@acme.example` }, 'email', 'invalid'],
    [{ email: null }, 'email', 'missing'],
    [{ email: '\0' }, 'email', 'invalid'],
    [{ captured_at: '2026-11-24' }, 'captured_at', 'future'],
    [{ project_cuont: 1 }, 'project_cuont', 'unknown-field'],
    [{ __proto__: null, constructor: 1 }, 'constructor', 'unknown-field'],
  ])('%j', (given, field, code) => {
    expect(usage(given)).toMatchObject({ field, code });
  });

  it('with the name that was meant', () => {
    expect(usage({ project_cuont: 1 })).toMatchObject({
      message: expect.stringContaining('Did you mean project_count?'),
    });
    expect(usage({ surprise: 1 })).toMatchObject({ message: expect.stringContaining('Known are email,') });
  });

  it.each([null, 1, 'text', [], [{ email }]])('%j is no row', (given) => {
    expect(rowOf(readRow('signups', given, now))).toMatchObject({ field: null, code: 'not-a-row' });
  });

  it('a strength that there is not', () => {
    const signal = { company_domain: 'acme.example', signal_type: 'Tech Migration', signal_title: 'x' };
    expect(rowOf(readRow('expansion-signals', { ...signal, signal_strength: 'HIGH' }, now))).toMatchObject({
      signal_type: 'tech_migration',
      signal_strength: 'high',
    });
    expect(rowOf(readRow('expansion-signals', { ...signal, signal_strength: 'huge' }, now))).toMatchObject({
      code: 'invalid',
    });
  });
});

describe.each(ingestKinds)('any %s row', (kind) => {
  const { fields, example } = rowForms[kind];
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom('true', '12', 'ada@acme.example', 'acme.example', '\ud800', '', ' ', -1, 1e300, Number.NaN),
  );
  const anyRow = fc.dictionary(fc.constantFrom(...Object.keys(fields)), anything).map((row) => ({ ...row }));

  it('becomes values that fit its columns, or a reason', () => {
    fc.assert(
      fc.property(fc.record({ row: anyRow, isComplete: fc.boolean() }), ({ row, isComplete }) => {
        const read = readRow(kind, isComplete ? { ...example, ...row } : row, now);
        if ('rejection' in read) {
          expect(read.rejection.message).not.toBe('');
          return;
        }
        expect([...Value.Errors(rowSchema(kind), read.row)].filter(({ keyword }) => keyword !== 'format')).toEqual([]);
        // What PostgreSQL cannot store.
        expect(JSON.stringify(read.row)).not.toMatch(/\\u0000|\\ud[89a-f]/u);
      }),
      { numRuns: 500 },
    );
  });

  it('read twice says the same', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const once = readRow(kind, { ...example, ...row }, now);
        if ('row' in once) expect(readRow(kind, once.row, now)).toEqual(once);
      }),
    );
  });

  it('is rejected without its values', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(fields)), fc.stringMatching(/^[!#$%&]{12,}$/u), (name, secret) => {
        const read = readRow(kind, { ...example, [name]: [secret, { secret }] }, now);
        expect(JSON.stringify(read)).not.toContain(secret);
        expect(read).toHaveProperty('rejection.field', name);
      }),
    );
  });

  it('has an example that is one', () => {
    expect(readRow(kind, example, now)).toHaveProperty('row');
  });
});

it('of free mail no company is known', () => {
  expect(ownDomain('a@gmail.com')).toBeNull();
  expect(ownDomain('a@mail.acme.example')).toBe('mail.acme.example');
});

// Wrong: a run that Salesforce refused for a hidden field, too much sharing or a slow query failed without a remedy.
import { expect, test } from 'vitest';
import { errorOf } from '../../connectors/salesforce/errors.ts';

test.each([
  ['INVALID_FIELD', /leadloop check/],
  ['OPERATION_TOO_LARGE', /View All Data/],
  ['QUERY_TIMEOUT', /fewer fields/],
])('%s says what to do', (errorCode, remedy) => {
  const failure = { status: 400, errors: [{ errorCode, message: 'refused' }], what: 'GET /queryAll' };
  expect(errorOf(failure, new Date(0))).toMatchObject({ code: 'crm-request', category: errorCode });
  expect(errorOf(failure, new Date(0)).remedy).toMatch(remedy);
});

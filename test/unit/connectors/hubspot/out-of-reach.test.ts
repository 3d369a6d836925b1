import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hubspot } from '../../../../connectors/hubspot/index.ts';
import type { HubSpotCredentials, HubSpotSettings } from '../../../../connectors/hubspot/settings.ts';
import { PermissionError, RequestError, type PullBatch } from '../../../../src/connector-sdk/index.ts';
import { testContext, virtualClock } from '../../../support/connector-context.ts';

const baseUrl = 'https://api.hubspot.test';
const until = new Date(Date.UTC(2026, 10, 22, 12));

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

async function pullFrom(object: string, status: number): Promise<PullBatch[]> {
  nock(baseUrl)
    .persist()
    .get(/\/account-info\//)
    .reply(200, { portalId: 1, timeZone: 'UTC', accountType: 'STANDARD' });
  nock(baseUrl)
    .persist()
    .intercept(/forms|owners/, 'GET')
    .reply(status, { status: 'error' });
  const context = testContext<HubSpotSettings, HubSpotCredentials>({
    definition: hubspot,
    clock: virtualClock(),
    baseUrl,
    credentials: { accessToken: 'key' },
    settings: {},
  });
  await using connector = hubspot.open(context);
  const request = {
    fields: [],
    since: null,
    until,
    events: [{ object: 'forms', contains: '', type: 'form_submission' as const }],
  };
  const signal = new AbortController().signal;
  const lane = object === 'owners' ? 'full' : 'live';
  const held = (): Promise<ReadonlySet<string>> => Promise.resolve(new Set<string>());
  return await Array.fromAsync(connector.pull({ ...request, object, lane, held, signal }));
}

test.each([403, 404])(
  'An optional object that answers %i ends where it stood, so that it resumes once it can be read',
  async (status) => {
    const batches = await pullFrom('forms', status);
    expect(batches.map(({ done, events }) => ({ done, events }))).toEqual([{ done: true, events: [] }]);
  },
);

test.each([
  [403, PermissionError],
  [404, RequestError],
])('A required object that answers %i fails the run', async (status, error) => {
  await expect(pullFrom('owners', status)).rejects.toBeInstanceOf(error);
});

import { expect, test } from 'vitest';
import { consent as hubspot } from '../../../connectors/hubspot/consent.ts';
import { consent as salesforce } from '../../../connectors/salesforce/consent.ts';
import { type ConsentCapability, TransientError } from '../../../src/connector-sdk/index.ts';
import { startScripted } from '../../support/scripted-server.ts';

const of: readonly (readonly [string, ConsentCapability])[] = [
  ['HubSpot', hubspot],
  ['Salesforce', salesforce],
];

test.each(of)(
  '%s: a code whose answer is lost is not sent again, and it is said that no answer came',
  async (_, consent) => {
    await using server = await startScripted((_seen, response) => void response.destroy());
    const app = { settings: {}, baseUrl: server.url, values: { clientId: 'an-app', clientSecret: 'its-secret' } };
    const grant = { code: 'c', redirectUri: 'http://127.0.0.1:7400/oauth/callback', verifier: 'v' };
    const context = {
      now: () => new Date(),
      sleep: async () => undefined,
      random: () => 0,
      exchange: <Reply>(_what: string, send: () => Promise<Reply>) => send(),
      signal: new AbortController().signal,
    };
    await expect(consent.redeem(app, grant, context)).rejects.toBeInstanceOf(TransientError);
    expect(server.seen).toHaveLength(1);
  },
);

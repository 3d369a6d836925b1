import type { ConsentCapability } from 'leadloop/connector-sdk';
import { renewed } from './oauth.ts';
import type { HubSpotCredentials, HubSpotSettings } from './settings.ts';
import { tokenEndpoint } from './token-endpoint.ts';
import { createTransport } from './transport.ts';

/** Where people agree (docs, OAuth quickstart); from there HubSpot sends them to the data centre of their account. */
const signInUrl = 'https://app.hubspot.com';

/** Without one of these leadloop cannot work: an account that lacks one is not let in. */
const scopes = [
  'oauth',
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.objects.companies.read',
  'crm.objects.owners.read',
  'crm.schemas.contacts.read',
  'crm.schemas.contacts.write',
];

/** Left out by HubSpot where the app or the account has them not; `check` says what that costs. */
const optionalScopes = [
  'crm.objects.companies.write',
  'crm.schemas.companies.write',
  'forms',
  'sales-email-read',
  'content',
];

/** No PKCE: HubSpot's authorise address knows none, the client secret proves who asks. */
export const consent: ConsentCapability<HubSpotSettings, HubSpotCredentials> = {
  login: 'OAuth app',
  brings: ['refreshToken'],
  authorizeUrl({ baseUrl, values: { clientId = '' } }, { redirectUri, state }) {
    const url = new URL('/oauth/authorize', baseUrl ?? signInUrl);
    url.search = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: scopes.join(' '),
      optional_scope: optionalScopes.join(' '),
      state,
    }).toString();
    return url.href;
  },
  async redeem(app, { code, redirectUri }, { signal, ...context }) {
    const { clientId = '', clientSecret = '' } = app.values;
    const ask = tokenEndpoint(createTransport({ ...app, exchange: context.exchange }), context, signal);
    const answer = await ask({
      grant_type: 'authorization_code',
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uri: redirectUri,
      code,
    });
    return renewed({ clientId, clientSecret }, answer, context.now());
  },
};

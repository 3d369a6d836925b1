import type { ConsentCapability } from 'leadloop/connector-sdk';
import { loginUrlOf, wireFor } from './exchange.ts';
import { opened } from './oauth.ts';
import type { SalesforceCredentials, SalesforceSettings } from './settings.ts';
import { tokenEndpoint } from './token-endpoint.ts';

/** What the API user of leadloop needs, and that it may come back without asking again. */
const scope = 'api refresh_token';

/** The web server flow, with a proof of who asks: apps require it unless somebody unticks it (help, PKCE). */
export const consent: ConsentCapability<SalesforceSettings, SalesforceCredentials> = {
  login: 'OAuth app',
  brings: ['refreshToken'],
  authorizeUrl(app, { redirectUri, state, challenge }) {
    const url = new URL('/services/oauth2/authorize', loginUrlOf(app));
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: app.values['clientId'] ?? '',
      redirect_uri: redirectUri,
      scope,
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    }).toString();
    return url.href;
  },
  async redeem(app, { code, redirectUri, verifier }, { signal, ...context }) {
    const { clientId = '', clientSecret } = app.values;
    const wire = wireFor({ ...app, exchange: context.exchange });
    const answer = await tokenEndpoint(
      wire,
      context,
      signal,
    )({
      grant_type: 'authorization_code',
      client_id: clientId,
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
      redirect_uri: redirectUri,
      code,
      code_verifier: verifier,
    });
    return opened({ clientId, ...(clientSecret !== undefined && { clientSecret }) }, answer, wire.loginUrl);
  },
};

import { createSign } from 'node:crypto';
import { abortable, AuthError, RequestError } from 'leadloop/connector-sdk';
import { assertionLifeSeconds } from './limits.ts';
import type { Context } from './context.ts';
import type { ClientCredentials, JwtCredentials, RefreshCredentials, SalesforceCredentials } from './settings.ts';
import type { WireToken } from './wire.ts';

export interface Token {
  readonly token: string;
  /** Where its organisation lives; it can move. */
  readonly instanceUrl: string;
  /** The organisation's id; null = not told. */
  readonly organization: string | null;
}

export interface TokenSource {
  /** The token in use; asks for one where there is none. @throws AuthError */
  current(signal: AbortSignal): Promise<Token>;
  /** Salesforce called `stale` expired: there is no other way to know. @throws AuthError */
  renew(stale: string, signal: AbortSignal): Promise<void>;
}

type Form = Readonly<Record<string, string>>;
/** Sends a form to the token endpoint. */
export type AskToken = (form: Form) => Promise<WireToken>;

/**
 * One request for a token serves all who wait for it, in all processes, and outlives the caller that began it: a new refresh
 * token must be kept.
 */
export function tokenSource(context: Context, loginUrl: string, askToken: AskToken): TokenSource {
  let held = storedToken(context.credentials, loginUrl);
  let asking: Promise<void> | null = null;

  const ask = async (stale: string | null): Promise<void> => {
    const credentials = await context.renewCredentials(async (stored) => {
      const known = storedToken(stored, loginUrl);
      // Another process was faster.
      if (known !== null && known.token !== stale) return stored;
      return renewed(stored, await tokenFor(stored, { askToken, loginUrl, now: context.now() }), loginUrl);
    });
    held = storedToken(credentials, loginUrl);
  };
  const shared = (stale: string | null, signal: AbortSignal): Promise<void> => {
    asking ??= ask(stale).finally(() => {
      asking = null;
    });
    return abortable(asking, signal);
  };
  return {
    async current(signal) {
      if (held === null) await shared(null, signal);
      if (held === null) throw new AuthError('Salesforce gave no token.');
      return held;
    },
    async renew(stale, signal) {
      if (held === null || held.token === stale) await shared(stale, signal);
    },
  };
}

/** Null = none, or one that was asked for elsewhere: `loginUrl` has been changed since. */
function storedToken(
  { accessToken, instanceUrl, organization, signedInAt }: SalesforceCredentials,
  loginUrl: string,
): Token | null {
  if (accessToken === undefined || (signedInAt ?? loginUrl) !== loginUrl) return null;
  return { token: accessToken, instanceUrl: instanceUrl ?? loginUrl, organization: organization ?? null };
}

/**
 * A refresh token that comes back new makes the old one worthless, and using that again revokes all.
 * @throws RequestError when the session is of another organisation than the one before: there the same ids are nobody.
 */
function renewed(stored: SalesforceCredentials, answer: WireToken, signedInAt: string): SalesforceCredentials {
  const organization = organizationIn(answer) ?? stored.organization;
  if (stored.organization !== undefined && organization !== stored.organization) throw moved();
  const session = sessionOf(answer, organization, signedInAt);
  return 'refreshToken' in stored
    ? { ...stored, ...session, refreshToken: answer.refresh_token ?? stored.refreshToken }
    : { ...stored, ...session };
}

/**
 * What the web server flow brings.
 * @throws RequestError where it brings no refresh token: leadloop would have to ask somebody again every few hours.
 */
export function opened(
  app: Pick<RefreshCredentials, 'clientId' | 'clientSecret'>,
  answer: WireToken,
  signedInAt: string,
): RefreshCredentials {
  const { refresh_token: refreshToken } = answer;
  if (refreshToken === undefined) throw withoutRefreshToken();
  return { ...app, refreshToken, ...sessionOf(answer, organizationIn(answer), signedInAt) };
}

function sessionOf(answer: WireToken, organization: string | undefined, signedInAt: string) {
  return {
    accessToken: answer.access_token,
    instanceUrl: answer.instance_url,
    signedInAt,
    ...(organization !== undefined && { organization }),
  };
}

function withoutRefreshToken(): RequestError {
  return new RequestError(
    'Salesforce gave no refresh token.',
    { status: 200, category: 'NO_REFRESH_TOKEN' },
    {
      remedy:
        'Give the app the scope “Perform requests at any time (refresh_token, offline_access)”, then agree again.',
    },
  );
}

function organizationIn({ id = '' }: WireToken): string | undefined {
  return /\/id\/(00D[a-zA-Z0-9]+)\//.exec(id)?.[1];
}

function moved(): RequestError {
  return new RequestError(
    'The credentials belong to another Salesforce organisation than before.',
    { status: 200, category: 'WRONG_ORGANIZATION' },
    { remedy: 'A sandbox gets a new id when it is refreshed: make a new connection for it.' },
  );
}

interface TokenRequest {
  readonly askToken: AskToken;
  readonly loginUrl: string;
  readonly now: Date;
}

async function tokenFor(stored: SalesforceCredentials, { askToken, loginUrl, now }: TokenRequest): Promise<WireToken> {
  if ('refreshToken' in stored) return askToken(refreshForm(stored));
  if ('privateKey' in stored) return askToken(assertionForm(stored, loginUrl, now));
  if ('clientSecret' in stored) return withEitherSecret(stored, askToken);
  throw new AuthError('The Salesforce session has ended.', { remedy: 'Enter the token of a new one.' });
}

function refreshForm({ clientId, clientSecret, refreshToken }: RefreshCredentials): Form {
  const secret: Form = clientSecret === undefined ? {} : { client_secret: clientSecret };
  return { grant_type: 'refresh_token', client_id: clientId, ...secret, refresh_token: refreshToken };
}

async function withEitherSecret(
  { clientId, clientSecret, nextClientSecret }: ClientCredentials,
  askToken: AskToken,
): Promise<WireToken> {
  const form = (secret: string): Form => ({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: secret,
  });
  try {
    return await askToken(form(clientSecret));
  } catch (error) {
    if (nextClientSecret === undefined || !(error instanceof AuthError)) throw error;
    return askToken(form(nextClientSecret));
  }
}

/** RFC 7523. The audience is the host that the assertion is sent to (docs, JWT bearer flow). */
function assertionForm({ clientId, username, privateKey }: JwtCredentials, loginUrl: string, now: Date): Form {
  const expiresAt = Math.floor(now.getTime() / 1_000) + assertionLifeSeconds;
  const claims = { iss: clientId, sub: username, aud: new URL(loginUrl).origin, exp: expiresAt };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  const signature = signed(unsigned, privateKey);
  return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: `${unsigned}.${signature}` };
}

function signed(text: string, privateKey: string): string {
  try {
    return createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url');
  } catch {
    // The cause would print the key.
    throw new AuthError('The private key of the Salesforce connection cannot sign.', {
      remedy: 'Enter an RSA key of at least 2048 bits, in PEM.',
    });
  }
}

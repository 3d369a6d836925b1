import { createSign } from 'node:crypto';
import { abortable, AuthError, type ConnectorContext } from 'leadloop/connector-sdk';
import { assertionLifeSeconds } from './limits.ts';
import type {
  ClientCredentials,
  JwtCredentials,
  RefreshCredentials,
  SalesforceCredentials,
  SalesforceSettings,
} from './settings.ts';
import type { WireToken } from './wire.ts';

export interface Token {
  readonly token: string;
  /** Where its organisation lives; it can move. */
  readonly instanceUrl: string;
}

export interface TokenSource {
  /** The token in use; asks for one where there is none. @throws AuthError */
  current(signal: AbortSignal): Promise<Token>;
  /** Salesforce called `stale` expired: there is no other way to know. @throws AuthError */
  renew(stale: string, signal: AbortSignal): Promise<void>;
}

type Form = Readonly<Record<string, string>>;
/** Sends a form to the token endpoint. */
export type Exchange = (form: Form) => Promise<WireToken>;

type Context = ConnectorContext<SalesforceSettings, SalesforceCredentials>;
type Ask = () => Promise<Token>;

/** One request for a token serves all who wait for it, and outlives the caller that began it: a new refresh token must be kept. */
export function tokenSource(context: Context, loginUrl: string, exchange: Exchange): TokenSource {
  const { credentials } = context;
  let held = 'accessToken' in credentials ? storedToken(credentials, loginUrl) : null;
  let asking: Promise<void> | null = null;
  const ask = askWith(context, loginUrl, exchange);

  const askNow = async (): Promise<void> => {
    held = await ask();
  };
  const shared = (signal: AbortSignal): Promise<void> => {
    asking ??= askNow().finally(() => {
      asking = null;
    });
    return abortable(asking, signal);
  };
  return {
    async current(signal) {
      if (held === null) await shared(signal);
      if (held === null) throw new AuthError('Salesforce gave no token.');
      return held;
    },
    async renew(stale, signal) {
      if (held === null || held.token === stale) await shared(signal);
    },
  };
}

interface StoredToken {
  readonly accessToken?: string;
  readonly instanceUrl?: string;
}

function storedToken({ accessToken, instanceUrl }: StoredToken, loginUrl: string): Token | null {
  return accessToken === undefined ? null : { token: accessToken, instanceUrl: instanceUrl ?? loginUrl };
}

function askWith(context: Context, loginUrl: string, exchange: Exchange): Ask {
  const { credentials } = context;
  if ('refreshToken' in credentials) return refreshing(credentials, context, exchange);
  if ('privateKey' in credentials) {
    return async () => tokenIn(await exchange(assertionForm(credentials, loginUrl, context.now())));
  }
  if ('clientSecret' in credentials) return async () => tokenIn(await withEitherSecret(credentials, exchange));
  return () =>
    Promise.reject(new AuthError('The Salesforce session has ended.', { remedy: 'Enter the token of a new one.' }));
}

async function withEitherSecret(
  { clientId, clientSecret, nextClientSecret }: ClientCredentials,
  exchange: Exchange,
): Promise<WireToken> {
  const form = (secret: string): Form => ({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: secret,
  });
  try {
    return await exchange(form(clientSecret));
  } catch (error) {
    if (nextClientSecret === undefined || !(error instanceof AuthError)) throw error;
    return exchange(form(nextClientSecret));
  }
}

/** A refresh token that comes back new makes the old one worthless, and using that again revokes all: it is saved first. */
function refreshing(initial: RefreshCredentials, context: Context, exchange: Exchange): Ask {
  let credentials = initial;
  return async () => {
    const { clientId, clientSecret, refreshToken } = credentials;
    const answer = await exchange({
      grant_type: 'refresh_token',
      client_id: clientId,
      ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
      refresh_token: refreshToken,
    });
    const next = {
      ...credentials,
      refreshToken: answer.refresh_token ?? refreshToken,
      accessToken: answer.access_token,
      instanceUrl: answer.instance_url,
    };
    await context.saveCredentials(next);
    credentials = next;
    return tokenIn(answer);
  };
}

function tokenIn({ access_token, instance_url }: WireToken): Token {
  return { token: access_token, instanceUrl: instance_url };
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

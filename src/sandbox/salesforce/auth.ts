import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { oauthError, restError, sessionExpired } from './errors.ts';
import { isObject } from './input.ts';
import { MINUTE, SECOND, type Now } from './time.ts';

export interface OAuthClient {
  clientId: string;
  /** Several while one is being rotated out. */
  clientSecrets: readonly string[];
  /** Valid from the start, for tests that skip the browser. */
  refreshToken?: string;
  /** PEM; with it the JWT bearer flow is open to pre-authorised users. */
  publicKey?: string;
  /** Usernames who have approved the app. */
  preauthorised?: readonly string[];
}

export interface Session {
  readonly token: string;
  readonly clientId: string | undefined;
  readonly issuedAt: number;
  lastUsedAt: number;
}

type Form = Readonly<Record<string, string | undefined>>;

interface Reply {
  access_token: string;
  refresh_token?: string;
  signature: string;
  scope: string;
  instance_url: string;
  id: string;
  token_type: 'Bearer';
  /** Milliseconds, as text. There is no expires_in. */
  issued_at: string;
}

interface AuthOptions {
  readonly tokens: readonly string[];
  readonly clients: readonly OAuthClient[];
  readonly now: Now;
  /** The only user of the API, and its org. */
  readonly identity: () => { orgId: string; userId: string };
  /** Whether each refresh token works once. */
  readonly rotate: boolean;
}

/** Sessions slide: they end so long after their last use. */
const SESSION_MS = 120 * MINUTE;
/** An assertion may not live longer. */
const MAX_ASSERTION_MS = 5 * MINUTE;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

function decoded(part: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The token endpoint and the sessions it gave out. */
export class Auth {
  private readonly sessions = new Map<string, Session>();
  private readonly clients: ReadonlyMap<string, OAuthClient>;
  /** Live refresh tokens by client. */
  private readonly refreshTokens = new Map<string, string>();
  private readonly spentRefreshTokens = new Map<string, string>();
  private readonly options: AuthOptions;

  constructor(options: AuthOptions) {
    this.options = options;
    this.clients = new Map(options.clients.map((client) => [client.clientId, client]));
    for (const token of options.tokens) {
      this.sessions.set(token, { token, clientId: undefined, issuedAt: 0, lastUsedAt: Infinity });
    }
    for (const { clientId, refreshToken } of options.clients) {
      if (refreshToken !== undefined) this.refreshTokens.set(refreshToken, clientId);
    }
  }

  find(header: string | undefined): Session | undefined {
    const value = /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(header ?? '')?.[1];
    return value === undefined ? undefined : this.sessions.get(value);
  }

  require(header: string | undefined): Session {
    if (header !== undefined && !/^(Bearer|OAuth)\s+\S+$/i.test(header)) {
      throw restError(401, 'INVALID_AUTH_HEADER', 'INVALID_HEADER_TYPE');
    }
    const session = this.find(header);
    const now = this.options.now();
    if (session === undefined || session.lastUsedAt + SESSION_MS <= now) throw sessionExpired();
    if (session.lastUsedAt !== Infinity) session.lastUsedAt = now;
    return session;
  }

  token(form: Form, baseUrl: string): Reply {
    switch (form['grant_type']) {
      case 'client_credentials':
        return this.issue(this.confidential(form), baseUrl);
      case 'refresh_token':
        return this.refresh(form, baseUrl);
      case JWT_BEARER:
        return this.issue(this.bearer(form['assertion'] ?? '', baseUrl), baseUrl);
      case 'password':
        // Off in new orgs: the answer does not say so.
        throw oauthError('invalid_grant', 'authentication failure');
      default:
        throw oauthError('unsupported_grant_type', 'grant type not supported');
    }
  }

  revoke(token: string): void {
    this.sessions.delete(token);
    this.refreshTokens.delete(token);
  }

  private known(clientId: string | undefined): OAuthClient {
    const client = this.clients.get(clientId ?? '');
    if (client === undefined) throw oauthError('invalid_client_id', 'client identifier invalid');
    return client;
  }

  private confidential(form: Form): OAuthClient {
    const client = this.known(form['client_id']);
    if (!client.clientSecrets.includes(form['client_secret'] ?? '')) {
      throw oauthError('invalid_client', 'invalid client credentials');
    }
    return client;
  }

  /** A spent refresh token that comes again was stolen: everything the client holds is revoked. */
  private refresh(form: Form, baseUrl: string): Reply {
    const client = this.confidential(form);
    const given = form['refresh_token'] ?? '';
    if (this.spentRefreshTokens.get(given) === client.clientId) this.revokeAll(client.clientId);
    if (this.refreshTokens.get(given) !== client.clientId) {
      throw oauthError('invalid_grant', 'expired access/refresh token');
    }
    const reply = this.issue(client, baseUrl);
    if (!this.options.rotate) return reply;
    const next = `5Aep861${randomBytes(30).toString('base64url')}`;
    this.refreshTokens.delete(given);
    this.spentRefreshTokens.set(given, client.clientId);
    this.refreshTokens.set(next, client.clientId);
    return { ...reply, refresh_token: next };
  }

  private revokeAll(clientId: string): void {
    for (const [token, owner] of this.refreshTokens) if (owner === clientId) this.refreshTokens.delete(token);
    for (const [token, session] of this.sessions) if (session.clientId === clientId) this.sessions.delete(token);
  }

  private bearer(assertion: string, baseUrl: string): OAuthClient {
    const [header, payload, signature] = assertion.split('.');
    const claims = decoded(payload);
    const client = this.known(typeof claims['iss'] === 'string' ? claims['iss'] : undefined);
    const { publicKey, preauthorised = [] } = client;
    const signed = Buffer.from(`${header}.${payload}`);
    const valid =
      publicKey !== undefined &&
      decoded(header)['alg'] === 'RS256' &&
      verify('RSA-SHA256', signed, createPublicKey(publicKey), Buffer.from(signature ?? '', 'base64url'));
    if (!valid) throw oauthError('invalid_grant', 'invalid assertion');
    const audiences = ['https://login.salesforce.com', 'https://test.salesforce.com', baseUrl];
    if (!audiences.includes(String(claims['aud']))) throw oauthError('invalid_grant', 'audience is invalid');
    const leftMs = Number(claims['exp']) * SECOND - this.options.now();
    if (!(leftMs > 0 && leftMs <= MAX_ASSERTION_MS)) throw oauthError('invalid_grant', 'expired authorization code');
    if (!preauthorised.includes(String(claims['sub']))) {
      throw oauthError('invalid_grant', "user hasn't approved this consumer");
    }
    return client;
  }

  private issue({ clientId }: OAuthClient, baseUrl: string): Reply {
    const { orgId, userId } = this.options.identity();
    const token = `${orgId.slice(0, 15)}!${randomBytes(48).toString('base64url')}`;
    const issuedAt = this.options.now();
    this.sessions.set(token, { token, clientId, issuedAt, lastUsedAt: issuedAt });
    return {
      access_token: token,
      signature: randomBytes(32).toString('base64'),
      scope: 'api refresh_token',
      instance_url: baseUrl,
      id: `${baseUrl}/id/${orgId}/${userId}`,
      token_type: 'Bearer',
      issued_at: String(issuedAt),
    };
  }
}

import { createPublicKey, hash, randomBytes, verify } from 'node:crypto';
import { oauthError, restError, sessionExpired } from './errors.ts';
import { isObject } from './input.ts';
import { MINUTE, SECOND, type Now } from './time.ts';

export interface OAuthClient {
  clientId: string;
  /** Several while one is being rotated out. */
  clientSecrets: readonly string[];
  /** Where it may send people back to, letter for letter. */
  redirectUris: readonly string[];
  /** False = "Require Proof Key for Code Exchange" was unticked. */
  requiresPkce?: boolean;
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

interface Code {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly challenge: string;
  readonly method: string;
  readonly issuedAt: number;
}

/** What came of an app's asking somebody in a browser: an answer to the app, or a page that only the person sees. */
export type Asked =
  | { readonly to: 'person'; readonly error: string; readonly description: string }
  | { readonly to: 'app'; readonly error: string; readonly description: string }
  | { readonly to: 'consent'; readonly scopes: readonly string[] };

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
/** Authorization codes of the web server flow (help: OAuth 2.0 web server flow). */
const CODE_MS = 15 * MINUTE;
/** What the app was given in its settings: those of the scopes that a REST client needs. */
const APP_SCOPES = ['api', 'refresh_token', 'offline_access', 'id', 'openid'];
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

function decoded(part: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function scopesOf({ scope = 'api refresh_token' }: Form): readonly string[] {
  return scope.split(/\s+/).filter((one) => one !== '');
}

/** RFC 7636. */
function challengeOf(verifier: string, method: string): string {
  return method === 'S256' ? hash('sha256', verifier, 'base64url') : verifier;
}

/** The token endpoint and the sessions it gave out. */
export class Auth {
  private readonly sessions = new Map<string, Session>();
  private readonly clients: ReadonlyMap<string, OAuthClient>;
  /** Live refresh tokens by client. */
  private readonly refreshTokens = new Map<string, string>();
  private readonly codes = new Map<string, Code>();
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

  /** What is wrong with the app itself nobody is sent back with; all else is told to the app. */
  asks(form: Form): Asked {
    const client = this.clients.get(form['client_id'] ?? '');
    if (client === undefined) {
      return { to: 'person', error: 'invalid_client_id', description: 'client identifier invalid' };
    }
    if (!client.redirectUris.includes(form['redirect_uri'] ?? '')) {
      return { to: 'person', error: 'redirect_uri_mismatch', description: 'redirect_uri must match configuration' };
    }
    if (form['response_type'] !== 'code') {
      return { to: 'app', error: 'unsupported_response_type', description: 'response type not supported' };
    }
    if ((client.requiresPkce ?? true) && !form['code_challenge']) {
      return { to: 'app', error: 'invalid_request', description: 'missing required code challenge' };
    }
    const scopes = scopesOf(form);
    return scopes.every((scope) => APP_SCOPES.includes(scope))
      ? { to: 'consent', scopes }
      : { to: 'app', error: 'invalid_scope', description: 'the requested scope is not allowed' };
  }

  /** What a person clicking "Allow" leads to; `form` as in `asks`, which had nothing against it. */
  authorise(form: Form): string {
    const code = `aPrx${randomBytes(30).toString('base64url')}==`;
    this.codes.set(code, {
      clientId: form['client_id'] ?? '',
      redirectUri: form['redirect_uri'] ?? '',
      scopes: scopesOf(form),
      challenge: form['code_challenge'] ?? '',
      method: form['code_challenge_method'] ?? 'plain',
      issuedAt: this.options.now(),
    });
    return code;
  }

  token(form: Form, baseUrl: string): Reply {
    switch (form['grant_type']) {
      case 'authorization_code':
        return this.redeem(form, baseUrl);
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

  /** A code works once, within its time, with its address and for whoever can prove to have asked for it. */
  private redeem(form: Form, baseUrl: string): Reply {
    const client = this.confidential(form);
    const code = this.codes.get(form['code'] ?? '');
    this.codes.delete(form['code'] ?? '');
    const isAlive = code !== undefined && code.issuedAt + CODE_MS > this.options.now();
    if (!isAlive || code.clientId !== client.clientId) throw oauthError('invalid_grant', 'expired authorization code');
    if (code.redirectUri !== form['redirect_uri']) {
      throw oauthError('redirect_uri_mismatch', 'redirect_uri must match configuration');
    }
    if (code.challenge !== '' && challengeOf(form['code_verifier'] ?? '', code.method) !== code.challenge) {
      throw oauthError('invalid_grant', 'invalid code verifier');
    }
    const reply = { ...this.issue(client, baseUrl), scope: code.scopes.join(' ') };
    if (!code.scopes.some((scope) => scope === 'refresh_token' || scope === 'offline_access')) return reply;
    return { ...reply, refresh_token: this.refreshTokenFor(client) };
  }

  private refreshTokenFor({ clientId }: OAuthClient): string {
    const next = `5Aep861${randomBytes(30).toString('base64url')}`;
    this.refreshTokens.set(next, clientId);
    return next;
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
    this.refreshTokens.delete(given);
    this.spentRefreshTokens.set(given, client.clientId);
    return { ...reply, refresh_token: this.refreshTokenFor(client) };
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

import { randomBytes } from 'node:crypto';
import { expiredToken, noCredentials, VendorError } from './errors.ts';
import { MINUTE, SECOND, type Now } from './time.ts';

export interface OAuthClient {
  clientId: string;
  clientSecret: string;
  scopes: readonly string[];
  /** Where it may send people back to, letter for letter. */
  redirectUris: readonly string[];
  /** A refresh token that is valid from the start, for tests that skip the browser. */
  refreshToken?: string;
}

export interface Token {
  readonly value: string;
  readonly kind: 'static' | 'oauth';
  readonly scopes: ReadonlySet<string>;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly clientId?: string;
}

/** Seconds an access token lives (OAuth documentation). */
const EXPIRES_IN = 1800;
/** Nowhere said of HubSpot: the most that RFC 6749 recommends. */
const CODE_MS = 10 * MINUTE;

interface Grant {
  readonly clientId: string;
  readonly scopes: readonly string[];
}

interface Code extends Grant {
  readonly redirectUri: string;
  readonly expiresAt: number;
}

/** What an app asks of somebody in a browser. */
export interface Application {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly optionalScopes: readonly string[];
}

type Form = Record<string, string | undefined>;

interface TokenReply {
  token_type: 'bearer';
  access_token: string;
  refresh_token?: string;
  expires_in: number;
  hub_id: number;
  scopes: readonly string[];
  user_id?: number;
}

/** OAuth errors put their code in `status`, where other errors say "error". */
function oauthError(status: string, error: string, message: string): VendorError {
  return new VendorError(400, { status, message, error, error_description: message });
}

function random(prefix: string): string {
  return `${prefix}${randomBytes(24).toString('base64url')}`;
}

/** Static tokens, and a small OAuth server whose refresh tokens rotate. */
export class Auth {
  private readonly tokens = new Map<string, Token>();
  private readonly clients: ReadonlyMap<string, OAuthClient>;
  private readonly codes = new Map<string, Code>();
  private readonly refreshTokens = new Map<string, Grant>();
  private readonly now: Now;
  private readonly portalId: number;

  constructor(options: {
    tokens: Readonly<Record<string, readonly string[]>>;
    clients: readonly OAuthClient[];
    now: Now;
    portalId: number;
  }) {
    this.now = options.now;
    this.portalId = options.portalId;
    for (const [value, scopes] of Object.entries(options.tokens)) {
      this.tokens.set(value, { value, kind: 'static', scopes: new Set(scopes), issuedAt: 0, expiresAt: Infinity });
    }
    this.clients = new Map(options.clients.map((client) => [client.clientId, client]));
    for (const { clientId, scopes, refreshToken } of options.clients) {
      if (refreshToken !== undefined) this.refreshTokens.set(refreshToken, { clientId, scopes });
    }
  }

  find(header: string | undefined): Token | undefined {
    const value = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1];
    return value === undefined ? undefined : this.tokens.get(value);
  }

  require(header: string | undefined): Token {
    const token = this.find(header);
    if (token === undefined) throw noCredentials();
    if (token.expiresAt <= this.now()) throw expiredToken(token.expiresAt, this.now());
    return token;
  }

  /** What is wrong with what an app asks, as the vendor tells the person in front of it; null = nothing. */
  complaint({ clientId, redirectUri, scopes }: Application): string | null {
    const client = this.clients.get(clientId);
    if (client === undefined) return 'Authorization failed because the client ID is missing or unknown';
    if (!client.redirectUris.includes(redirectUri)) {
      return `Authorization failed as the redirect URL '${redirectUri}' doesn't match the app's registered redirect URL`;
    }
    return scopes.length > 0 && scopes.every((scope) => client.scopes.includes(scope))
      ? null
      : "Authorization failed because there is a mismatch between the scopes in the install URL and the app's configured scopes";
  }

  /** What a person clicking "Connect app" leads to. Of the optional scopes those that the app has. */
  authorise({ clientId, redirectUri, scopes, optionalScopes }: Application): string {
    const known = this.clients.get(clientId)?.scopes ?? [];
    const code = random('code-');
    const granted = [...scopes, ...optionalScopes.filter((scope) => known.includes(scope))];
    this.codes.set(code, { clientId, redirectUri, scopes: granted, expiresAt: this.now() + CODE_MS });
    return code;
  }

  token(form: Form): TokenReply {
    const client = this.client(form);
    switch (form['grant_type']) {
      case 'authorization_code':
        return this.redeem(client, form);
      case 'refresh_token':
        return this.refresh(client, form['refresh_token'] ?? '');
      case 'client_credentials': {
        const scopes = form['scope'] === undefined ? client.scopes : form['scope'].split(/\s+/);
        return this.issue({ clientId: client.clientId, scopes }, undefined);
      }
      default:
        throw oauthError('BAD_GRANT_TYPE', 'unsupported_grant_type', 'missing or unknown grant type');
    }
  }

  introspect(form: Form): Record<string, unknown> {
    this.client(form);
    const token = this.tokens.get(form['token'] ?? '');
    if (token === undefined || token.expiresAt <= this.now()) return { active: false };
    return {
      active: true,
      token: token.value,
      token_type: 'access',
      client_id: token.clientId,
      hub_id: this.portalId,
      scopes: [...token.scopes],
      expires_in: Math.floor((token.expiresAt - this.now()) / SECOND),
    };
  }

  revoke(form: Form): void {
    this.client(form);
    this.tokens.delete(form['token'] ?? '');
    this.refreshTokens.delete(form['token'] ?? '');
  }

  private client(form: Form): OAuthClient {
    const client = this.clients.get(form['client_id'] ?? '');
    if (client === undefined) throw oauthError('BAD_CLIENT_ID', 'invalid_client', 'missing or unknown client id');
    if (client.clientSecret !== form['client_secret']) {
      throw oauthError('BAD_CLIENT_SECRET', 'invalid_client', 'missing or invalid client secret');
    }
    return client;
  }

  /** A code works once, and only with the address that it was sent to. */
  private redeem(client: OAuthClient, { code = '', redirect_uri: redirectUri }: Form): TokenReply {
    const grant = this.codes.get(code);
    if (grant === undefined || grant.clientId !== client.clientId) {
      throw oauthError('BAD_AUTH_CODE', 'invalid_grant', 'missing or unknown auth code');
    }
    this.codes.delete(code);
    if (grant.redirectUri !== redirectUri) {
      throw oauthError('MISMATCH_REDIRECT_URI_AUTH_CODE', 'invalid_grant', 'redirect URI does not match the auth code');
    }
    if (grant.expiresAt <= this.now()) throw oauthError('EXPIRED_AUTH_CODE', 'invalid_grant', 'auth code has expired');
    return this.issue(grant, this.rotate(grant));
  }

  /** Each refresh token works once: the reply brings its successor. */
  private refresh(client: OAuthClient, refreshToken: string): TokenReply {
    const grant = this.refreshTokens.get(refreshToken);
    if (grant === undefined || grant.clientId !== client.clientId) {
      throw oauthError('BAD_REFRESH_TOKEN', 'invalid_grant', 'missing or invalid refresh token');
    }
    this.refreshTokens.delete(refreshToken);
    return this.issue(grant, this.rotate(grant));
  }

  private rotate(grant: Grant): string {
    const next = random('refresh-');
    this.refreshTokens.set(next, grant);
    return next;
  }

  private issue({ clientId, scopes }: Grant, refreshToken: string | undefined): TokenReply {
    const value = random('access-');
    const issuedAt = this.now();
    const expiresAt = issuedAt + EXPIRES_IN * SECOND;
    this.tokens.set(value, { value, kind: 'oauth', scopes: new Set(scopes), issuedAt, expiresAt, clientId });
    return {
      token_type: 'bearer',
      access_token: value,
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken, user_id: 1001 }),
      expires_in: EXPIRES_IN,
      hub_id: this.portalId,
      scopes,
    };
  }
}

import * as oidc from 'openid-client';
import { bindSubject, findAccount, findBySubject } from '../db/queries/console-accounts.ts';
import type { Database } from '../db/tx.ts';
import { AppError, placeOf } from '../model/errors.ts';

/** Where people sign in instead of here: any provider that speaks OpenID Connect. */
export interface SingleSignOnSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the button says: "Sign in with …". */
  readonly label: string;
  /** Believes an address of which the provider does not say that it was verified: for those that never say it. */
  readonly isEmailTrusted: boolean;
}

/** What the browser keeps until the provider sends it back: nobody else's answer fits. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface SingleSignOn {
  readonly label: string;
  /** Where to send the browser. @throws AppError `sso-unavailable` (retry) */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly attempt: Attempt }>;
  /**
   * Whose account it is, by the provider's answer.
   * @throws AppError `sso-unavailable` (retry), `sso-refused`, `sso-uninvited` (fix-config)
   */
  finish(answer: URL, attempt: Attempt): Promise<string>;
}

const timeoutSeconds = 10;

/** Asks the provider where its addresses are when the first one signs in, and no sooner: it may be away when we start. */
export function singleSignOn(database: Database, settings: SingleSignOnSettings): SingleSignOn {
  let found: Promise<oidc.Configuration> | null = null;
  const discover = async (): Promise<oidc.Configuration> => {
    found ??= ask(settings);
    return found.catch((error: unknown) => {
      found = null;
      throw unavailable(error);
    });
  };
  return {
    label: settings.label,
    async begin(redirectUri) {
      const provider = await discover();
      const attempt: Attempt = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const url = oidc.buildAuthorizationUrl(provider, {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
        state: attempt.state,
        nonce: attempt.nonce,
      });
      return { url: url.href, attempt };
    },
    async finish(answer, { state, nonce, verifier }) {
      const provider = await discover();
      const tokens = await oidc
        .authorizationCodeGrant(provider, answer, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          throw refused(error);
        });
      return accountOf(database, settings, tokens.claims());
    },
  };
}

/** A provider on this very machine may be asked without TLS: for trying it out. */
function isLoopback(address: string): boolean {
  return /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/u.test(address);
}

async function ask({ issuer, clientId, clientSecret }: SingleSignOnSettings): Promise<oidc.Configuration> {
  const execute = isLoopback(issuer) ? [oidc.allowInsecureRequests] : [];
  return oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, { execute, timeout: timeoutSeconds });
}

/** By what the provider calls the person; the first time by their address, which has to be invited and verified. */
async function accountOf(
  database: Database,
  { issuer, isEmailTrusted }: SingleSignOnSettings,
  claims: oidc.IDToken | undefined,
): Promise<string> {
  if (claims === undefined) throw refused(null);
  const subject = { issuer, subject: claims.sub };
  const email = typeof claims['email'] === 'string' ? claims['email'].toLowerCase() : null;
  const isVerified = claims['email_verified'] === true || (claims['email_verified'] === undefined && isEmailTrusted);
  return database.operator(async (tx) => {
    const known = await findBySubject(tx, subject);
    if (known !== null) return known.id;
    const invited = email !== null && isVerified ? await findAccount(tx, email) : null;
    if (invited === null || !(await bindSubject(tx, invited.id, subject))) throw uninvited();
    return invited.id;
  });
}

function unavailable(error: unknown): AppError {
  return new AppError('sso-unavailable', 'The provider of single sign-on does not answer as it should.', {
    recovery: 'retry',
    remedy: `Try again; if that does not help, check LEADLOOP_OIDC_ISSUER (${placeOf(error)}).`,
    cause: error,
  });
}

function refused(error: unknown): AppError {
  return new AppError('sso-refused', 'The provider did not sign you in.', {
    recovery: 'fix-config',
    remedy:
      'Try again; if that does not help, check the client of leadloop at the provider, its secret and redirect address.',
    cause: error,
  });
}

function uninvited(): AppError {
  return new AppError(
    'sso-uninvited',
    'Nobody has invited you, by the address that the provider knows and has verified.',
    {
      recovery: 'fix-config',
      remedy: 'Ask an admin to invite that address.',
    },
  );
}

import { abortable, AuthError } from 'leadloop/connector-sdk';
import type { Context } from './context.ts';
import type { OAuthCredentials } from './settings.ts';
import type { WireToken } from './wire.ts';

export interface TokenSource {
  /** A token that is good now; renews it in time. @throws AuthError */
  current(signal: AbortSignal): Promise<string>;
  /** HubSpot called `stale` expired. False = this kind of token cannot be renewed. @throws AuthError */
  renew(stale: string, signal: AbortSignal): Promise<boolean>;
}

/** Sends a form to HubSpot's token endpoint. */
export type AskToken = (form: Readonly<Record<string, string>>) => Promise<WireToken>;

/** A token is renewed when this part of its life is left, but never sooner than so many milliseconds before its end. */
const remainingShare = 0.2;
const remainingMs = 360_000;

export function tokenSource(context: Context, askToken: AskToken): TokenSource {
  const { credentials } = context;
  return 'refreshToken' in credentials ? renewable(credentials, context, askToken) : fixed(credentials.accessToken);
}

function fixed(token: string): TokenSource {
  return { current: () => Promise.resolve(token), renew: () => Promise.resolve(false) };
}

/**
 * One renewal serves all who wait for it, in all processes, and outlives the caller that began it: its new refresh token must
 * be kept.
 */
function renewable(initial: OAuthCredentials, context: Context, askToken: AskToken): TokenSource {
  let credentials = initial;
  let renewAt = Date.parse(initial.expiresAt ?? '') - remainingMs;
  let renewing: Promise<void> | null = null;

  const renewNow = async (): Promise<void> => {
    const stale = credentials.accessToken;
    const next = await context.renewCredentials(async (stored) => {
      // Another process was faster, or somebody has entered a token of another kind.
      if (!('refreshToken' in stored) || stored.accessToken !== stale) return stored;
      const { clientId, clientSecret, refreshToken } = stored;
      const answer = await askToken({
        grant_type: 'refresh_token',
        client_id: clientId,
        client_secret: clientSecret,
        refresh_token: refreshToken,
      });
      return renewed(stored, answer, context.now());
    });
    if (!('refreshToken' in next)) throw new AuthError('The credentials of the HubSpot connection were replaced.');
    credentials = next;
    const now = context.now().getTime();
    const lifeMs = Math.max(0, Date.parse(next.expiresAt ?? '') - now) || 0;
    renewAt = now + lifeMs - Math.min(remainingMs, lifeMs * remainingShare);
  };
  const shared = (signal: AbortSignal): Promise<void> => {
    renewing ??= renewNow().finally(() => {
      renewing = null;
    });
    return abortable(renewing, signal);
  };

  return {
    async current(signal) {
      const fresh = credentials.accessToken !== undefined && context.now().getTime() < renewAt;
      if (!fresh) await shared(signal);
      return credentials.accessToken ?? '';
    },
    async renew(stale, signal) {
      if (credentials.accessToken === stale) await shared(signal);
      return true;
    },
  };
}

export function renewed(
  { clientId, clientSecret }: Pick<OAuthCredentials, 'clientId' | 'clientSecret'>,
  answer: WireToken,
  now: Date,
): OAuthCredentials {
  return {
    clientId,
    clientSecret,
    refreshToken: answer.refresh_token,
    accessToken: answer.access_token,
    expiresAt: new Date(now.getTime() + answer.expires_in * 1_000).toISOString(),
  };
}

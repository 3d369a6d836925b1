import { ProtocolError, retry } from 'leadloop/connector-sdk';
import type { Context } from './context.ts';
import { errorOf } from './errors.ts';
import { apiVersion, retryPolicy } from './limits.ts';
import { nextMidnight } from './midnight.ts';
import type { AskToken } from './oauth.ts';
import { failureOf, parsed, type Request, type Send } from './transport.ts';
import type { WireToken } from './wire.ts';

/** Asks for tokens, again where that may help; outside the limits of the API. @throws ConnectorError */
export function tokenEndpoint(
  send: Send,
  { now, sleep, random }: Pick<Context, 'now' | 'sleep' | 'random'>,
  signal: AbortSignal,
): AskToken {
  const ask = async (form: Readonly<Record<string, string>>): Promise<WireToken> => {
    const reply = await send(tokenRequest(form), signal);
    if (reply.status >= 300) throw errorOf(failureOf(reply, 'POST /oauth/token'), nextMidnight(now(), 'UTC'));
    return checkedToken(parsed(reply, 'POST /oauth/token'));
  };
  return (form) => {
    // A code works once: where the answer to it was lost, a second try would only hide that.
    const isCode = form['grant_type'] === 'authorization_code';
    const policy = isCode ? { ...retryPolicy, attempts: 1 } : retryPolicy;
    return retry(() => ask(form), { policy, now, sleep, random, signal });
  };
}

function tokenRequest(form: Readonly<Record<string, string>>): Request {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', path: `/oauth/${apiVersion}/token`, headers, body: new URLSearchParams(form).toString() };
}

function checkedToken(body: unknown): WireToken {
  const token = body as Partial<WireToken> | null;
  if (
    typeof token?.access_token !== 'string' ||
    typeof token.refresh_token !== 'string' ||
    typeof token.expires_in !== 'number'
  ) {
    throw new ProtocolError('HubSpot answered POST /oauth/token without a token.');
  }
  return token as WireToken;
}

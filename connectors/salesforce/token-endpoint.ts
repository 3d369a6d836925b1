import { ProtocolError, retry } from 'leadloop/connector-sdk';
import type { Context } from './context.ts';
import { errorOf } from './errors.ts';
import { failureOf, parsed, type Wire } from './exchange.ts';
import { retryPolicy } from './limits.ts';
import type { AskToken } from './oauth.ts';
import type { WireToken } from './wire.ts';

/** Asks for tokens, again where that may help; outside the limits of the API. @throws ConnectorError */
export function tokenEndpoint(
  { loginUrl, exchange }: Wire,
  { now, sleep, random }: Pick<Context, 'now' | 'sleep' | 'random'>,
  signal: AbortSignal,
): AskToken {
  const path = '/services/oauth2/token';
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' };
  const ask = async (form: Readonly<Record<string, string>>): Promise<WireToken> => {
    const body = new URLSearchParams(form).toString();
    const reply = await exchange({ method: 'POST', url: `${loginUrl}${path}`, headers, body }, signal);
    if (reply.status >= 300) throw errorOf(failureOf(reply, `POST ${path}`), now());
    return checkedToken(parsed(reply, `POST ${path}`));
  };
  return (form) => {
    // A code works once: where the answer to it was lost, a second try would only hide that.
    const isCode = form['grant_type'] === 'authorization_code';
    const policy = isCode ? { ...retryPolicy, attempts: 1 } : retryPolicy;
    return retry(() => ask(form), { policy, now, sleep, random, signal });
  };
}

function checkedToken(body: unknown): WireToken {
  const token = body as Partial<WireToken> | null;
  if (typeof token?.access_token !== 'string' || typeof token.instance_url !== 'string') {
    throw new ProtocolError('Salesforce answered POST /services/oauth2/token without a token.');
  }
  return token as WireToken;
}

/**
 * Letting leadloop in from a browser, instead of typing a token: OAuth 2.0, authorization code. Somebody is sent to the CRM, agrees
 * there, and comes back with a code, which is exchanged for credentials.
 */
import type { ConnectorContext } from './context.ts';

export interface ConsentCapability<Settings = unknown, Credentials = unknown> {
  /** The title of the way to log in whose credentials it brings. */
  readonly login: string;
  /** The fields of that login which nobody has to type. */
  readonly brings: readonly string[];
  /** Pure: where somebody is sent to agree. */
  authorizeUrl(app: ConsentApp<Settings>, request: ConsentRequest): string;
  /**
   * Exchanges the code, which works once, for credentials that are complete.
   * @throws ConnectorError with a recovery; the signal's reason when aborted.
   */
  redeem(app: ConsentApp<Settings>, grant: ConsentGrant, context: ConsentContext): Promise<Credentials>;
}

/** On whose behalf somebody is asked. */
export interface ConsentApp<Settings> {
  readonly settings: Settings;
  /** Null = the vendor's own address. */
  readonly baseUrl: string | null;
  /** What was entered of the login, by the names of its fields. */
  readonly values: Readonly<Record<string, string>>;
}

export interface ConsentRequest {
  /** Where the CRM sends the browser back to. */
  readonly redirectUri: string;
  /** Comes back with the answer. */
  readonly state: string;
  /** Of the verifier, by S256 (RFC 7636). */
  readonly challenge: string;
}

export interface ConsentGrant {
  readonly code: string;
  /** As in the request. */
  readonly redirectUri: string;
  readonly verifier: string;
}

/** What of a connector's context there is before there is a connection. */
export type ConsentContext = Pick<ConnectorContext<unknown, unknown>, 'now' | 'sleep' | 'random' | 'exchange'> & {
  readonly signal: AbortSignal;
};

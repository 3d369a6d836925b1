/**
 * What a CRM tells by itself. It is never believed as data, only as a hint where to look: what it names is read again. So a
 * hint that is lost, late, doubled or out of order costs freshness at most; polling finds everything without any.
 */
import type { ExternalId } from '../model/values.ts';

/** A call of the CRM as it came; nothing of it is decoded or parsed. */
export interface WebhookRequest {
  readonly method: string;
  /** With scheme, host, path and query as the CRM called it, which is not what a server behind a proxy sees. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** `no-secret`: the credentials hold nothing to check a signature with. `stale`: signed by the CRM, but not of now. */
export type WebhookRefusal = 'no-secret' | 'unsigned' | 'forged' | 'stale';

export type WebhookVerdict =
  | {
      readonly status: 'genuine';
      /** The same for the same bytes sent again, and for no other delivery. */
      readonly deliveryId: string;
    }
  | { readonly status: WebhookRefusal };

/** Both are pure: the clock is handed in. */
export interface WebhookCapability<Credentials = unknown> {
  verify(request: WebhookRequest, credentials: Credentials, now: Date): WebhookVerdict;
  /** Null where the body is not what the CRM sends. What concerns nothing that we read is left out, never an error. */
  read(request: WebhookRequest): readonly ChangeHint[] | null;
}

/** In the order of their weight: where several came of one record, the last counts. */
export type ChangeReason = 'changed' | 'deleted' | 'erased';

/** Something has happened to a record of the CRM. */
export interface ChangeHint {
  /** The CRM's name as in a pull: `contacts`. */
  readonly object: string;
  readonly externalId: ExternalId;
  readonly reason: ChangeReason;
  /** The CRM field that changed; null = it does not say, so any may have. */
  readonly field: string | null;
  readonly occurredAt: Date;
  /** As `Connector.account` tells it: of another account, the same id is another record. */
  readonly accountId: string;
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import type {
  ChangeHint,
  ChangeReason,
  WebhookCapability,
  WebhookRequest,
  WebhookVerdict,
} from 'leadloop/connector-sdk';
import type { HubSpotCredentials } from './settings.ts';

/** Webhooks of HubSpot apps, by the signature of version 3: docs, "Validating requests". */
export const webhooks: WebhookCapability<HubSpotCredentials> = { verify, read };

/** How far a timestamp may be from our clock, in ms: so much for the past says HubSpot; of the future we believe no more. */
const toleranceMs = 300_000;

/** HubSpot signs these characters as they are, and every other percent escape as it stands in the address. */
const decodedEscapes = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/g;

function verify(request: WebhookRequest, credentials: HubSpotCredentials, now: Date): WebhookVerdict {
  const secret = credentials.clientSecret ?? '';
  if (secret === '') return { status: 'no-secret' };
  const signature = headerOf(request, 'x-hubspot-signature-v3');
  const timestamp = headerOf(request, 'x-hubspot-request-timestamp');
  if (signature === null || timestamp === null) return { status: 'unsigned' };
  const expected = signatureOf(request, timestamp, secret);
  // Digits alone: what is signed has no separators, so that a body may lend its end to a timestamp that is none.
  if (!isSame(signature, expected) || !/^\d{1,16}$/.test(timestamp)) return { status: 'forged' };
  if (Math.abs(now.getTime() - Number(timestamp)) > toleranceMs) return { status: 'stale' };
  return { status: 'genuine', deliveryId: expected };
}

/** Null = it is not there, or says nothing. */
function headerOf({ headers }: WebhookRequest, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function signatureOf({ method, url, body }: WebhookRequest, timestamp: string, secret: string): string {
  const uri = url.replaceAll(decodedEscapes, decodeURIComponent);
  return createHmac('sha256', secret).update(`${method}${uri}`).update(body).update(timestamp).digest('base64');
}

/** The texts, not the bytes that they stand for: the same bytes have more than one text in base64. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** By the start of a subscription type, and for `object.…` by the type id of the event. Others are not read. */
const objectNames = new Map<unknown, string>([
  ['contact', 'contacts'],
  ['company', 'companies'],
  ['0-1', 'contacts'],
  ['0-2', 'companies'],
  ['0-47', 'meetings'],
  ['0-48', 'calls'],
  ['0-49', 'emails'],
]);

type Event = Readonly<Record<string, unknown>>;

/** What an event of a kind says of which records; `field` null = of any. */
interface Telling {
  readonly reason: ChangeReason;
  readonly field: string | null;
  readonly ids: readonly unknown[];
}

/** By the end of a subscription type. */
const tellings = new Map<string, (event: Event) => Telling>([
  ['creation', (event) => ({ reason: 'changed', field: null, ids: [event['objectId']] })],
  ['propertyChange', (event) => ({ reason: 'changed', field: fieldOf(event), ids: [event['objectId']] })],
  ['restore', (event) => ({ reason: 'changed', field: null, ids: [event['objectId']] })],
  ['deletion', (event) => ({ reason: 'deleted', field: null, ids: [event['objectId']] })],
  ['privacyDeletion', (event) => ({ reason: 'erased', field: null, ids: [event['objectId']] })],
  ['merge', (event) => ({ reason: 'changed', field: null, ids: mergedOf(event) })],
]);

/** Signed by HubSpot, and yet not believed beyond its form: an event that has another one is left out. */
function read({ body }: WebhookRequest): readonly ChangeHint[] | null {
  const events = parsed(body);
  return Array.isArray(events) ? events.flatMap((event: unknown) => (isEvent(event) ? hintsOf(event) : [])) : null;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return null;
  }
}

function isEvent(event: unknown): event is Event {
  return typeof event === 'object' && event !== null && !Array.isArray(event);
}

function hintsOf(event: Event): ChangeHint[] {
  const [start, kind = ''] = String(event['subscriptionType']).split('.');
  const [accountId, occurredAt] = [idOf(event['portalId']), instantOf(event['occurredAt'])];
  if (accountId === null || occurredAt === null) return [];
  const whole = { accountId, occurredAt };
  if (kind === 'associationChange') {
    const contact = contactOf(event);
    return contact === null
      ? []
      : [{ ...whole, object: 'contacts', externalId: contact, reason: 'changed', field: null }];
  }
  const object = objectNames.get(start === 'object' ? event['objectTypeId'] : start);
  const telling = tellings.get(kind)?.(event);
  if (object === undefined || telling === undefined) return [];
  const { reason, field } = telling;
  const ids = new Set(telling.ids.map(idOf));
  return [...ids].flatMap((id) => (id === null ? [] : [{ ...whole, object, externalId: id, reason, field }]));
}

/** Both that became one, and the one: whoever holds any of them has to look. */
function mergedOf(event: Event): readonly unknown[] {
  const others: readonly unknown[] = Array.isArray(event['mergedObjectIds']) ? event['mergedObjectIds'] : [];
  return [event['newObjectId'], event['primaryObjectId'], ...others, event['objectId']];
}

/** The person at whose side a company came or went: `associatedcompanyid` is a property of the contact. */
function contactOf(event: Event): string | null {
  if (event['associationType'] === 'CONTACT_TO_COMPANY') return idOf(event['fromObjectId']);
  if (event['associationType'] === 'COMPANY_TO_CONTACT') return idOf(event['toObjectId']);
  return null;
}

/** Property names are lower-case ASCII (docs, properties); what is not one says no more than that something changed. */
function fieldOf(event: Event): string | null {
  const name = event['propertyName'];
  return typeof name === 'string' && /^\w{1,100}$/.test(name) ? name : null;
}

function idOf(value: unknown): string | null {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^[1-9]\d{0,18}$/.test(text) ? text : null;
}

/** From ms since the epoch; the latest that JavaScript knows, too, is one that PostgreSQL takes. */
function instantOf(value: unknown): Date | null {
  const instant = new Date(typeof value === 'number' && value > 0 ? value : Number.NaN);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** PURE. What an app wants to be told. */
import { findObjectType } from '../object-types.ts';
import { type Action, type CrmEvent, UNTOLD_PROPERTIES } from './events.ts';

export interface SubscriptionOrder {
  /** `contact.propertyChange`, `object.creation` … */
  readonly eventType: string;
  /** Of `propertyChange`: one subscription a property. */
  readonly propertyName?: string;
  /** Of `object.…`: which. */
  readonly objectTypeId?: string;
}

export interface Subscription extends SubscriptionOrder {
  readonly id: number;
}

/** Of an app. */
export const MAX_SUBSCRIPTIONS = 1_000;

const ACTIONS: readonly string[] = [
  'creation',
  'propertyChange',
  'deletion',
  'privacyDeletion',
  'merge',
  'restore',
  'associationChange',
] satisfies readonly Action[];

/** Objects whose events have a name of their own; all have those of `object.…`. */
const NAMED: readonly string[] = ['contact', 'company', 'deal'];

/** Why HubSpot would not have it; null = it would. */
export function refusalOf({ eventType, propertyName, objectTypeId }: SubscriptionOrder): string | null {
  const [object = '', action = '', ...rest] = eventType.split('.');
  const isOfAny = object === 'object';
  const isKnown = (isOfAny || NAMED.includes(object)) && ACTIONS.includes(action) && rest.length === 0;
  if (!isKnown) return `no event type ${eventType}`;
  const isFitting = isOfAny ? isObjectType(objectTypeId) : objectTypeId === undefined;
  if (!isFitting) return `${eventType}: an objectTypeId goes with object.…`;
  if ((action === 'propertyChange') !== (propertyName !== undefined)) {
    return `${eventType}: propertyName goes with propertyChange`;
  }
  return UNTOLD_PROPERTIES.includes(propertyName ?? '') ? `${propertyName} cannot be subscribed to` : null;
}

function isObjectType(id: string | undefined): boolean {
  return id !== undefined && findObjectType(id)?.typeId === id;
}

export function isWanted({ eventType, propertyName, objectTypeId }: Subscription, event: CrmEvent): boolean {
  const [object, action] = eventType.split('.');
  const isIts = object === 'object' ? objectTypeId === event.type.typeId : object === event.type.singular;
  return isIts && action === event.action && propertyName === event.propertyName;
}

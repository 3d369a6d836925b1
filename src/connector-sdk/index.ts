/** The only door of the package `leadloop/connector-sdk`. */
export * from './connector.ts';
export * from './errors.ts';
export * from './event-rules.ts';
export type * from './day.ts';
export * from './governor.ts';
export * from './in-turn.ts';
export * from './retry.ts';
export * from './waiting.ts';
export type * from './webhooks.ts';
export * from './within-reach.ts';
export type * from '../model/engagement.ts';
export type * from '../model/lead.ts';
export type * from '../model/mapping.ts';
export type * from '../model/records.ts';
export { emptyPage } from '../model/records.ts';
export type * from '../model/values.ts';
export type { Lane } from '../model/run.ts';
export type { Recovery } from '../model/errors.ts';

import type { FaultKind } from '../../server/faults.ts';

const BATCH_WRITES = /\/batch\/(create|update|upsert)$/;
const NOT_OAUTH = /^(?!\/oauth\/)/;
const SEARCH = /\/search$/;

export const FAULT_MENU = {
  '429-ten-secondly': {
    phase: 'answer',
    description: 'The ten-second limit is used up (policyName TEN_SECONDLY_ROLLING, no Retry-After).',
  },
  '429-secondly': {
    phase: 'answer',
    description: "Search's own 429: category RATE_LIMITS, no policyName, no ten-second headers.",
    path: SEARCH,
  },
  '429-daily': {
    phase: 'answer',
    description: 'The daily limit is used up (policyName DAILY); stop until midnight of the account.',
  },
  '423-locked': { phase: 'answer', description: 'The portal is locked; wait at least two seconds.' },
  '477-migration': {
    phase: 'answer',
    description: 'The portal is being migrated; Retry-After in seconds (`retryAfter`, default 3600).',
  },
  '500': { phase: 'answer', description: 'Internal error of the service, JSON without a category.' },
  '502': { phase: 'answer', description: 'Bad gateway from the edge: an HTML page.' },
  '503': { phase: 'answer', description: 'Service unavailable from the edge: an HTML page.' },
  '504': { phase: 'answer', description: 'Gateway timeout from the edge: an HTML page.' },
  'socket-reset': { phase: 'answer', description: 'The connection is reset; nothing was done.' },
  hang: { phase: 'answer', description: 'The request is taken and never answered.' },
  'token-expired': {
    phase: 'answer',
    description: '401 EXPIRED_AUTHENTICATION; an OAuth token issued after the fault began is spared.',
    path: NOT_OAUTH,
  },
  'missing-scope': {
    phase: 'answer',
    description: '403 MISSING_SCOPES (`scope` names the one that is missing).',
    path: NOT_OAUTH,
  },
  '207-some-rows-failed': {
    phase: 'handler',
    description: 'One row of a batch write fails (`row`, default 0, by input order); the others are written: 207.',
    path: BATCH_WRITES,
  },
  'empty-2xx': {
    phase: 'answer',
    description: 'A batch write answers success with empty results, and nothing was written.',
    path: BATCH_WRITES,
  },
  'slow-body': { phase: 'reply', description: 'Half of the answer comes at once, the rest after `ms` (default 2000).' },
  'truncated-json': { phase: 'reply', description: 'The answer stops in the middle of the JSON.' },
  'applied-but-reset': {
    phase: 'reply',
    description: 'The request is carried out, then the connection is reset before the answer.',
  },
  'webhook-lost': { phase: 'delivery', description: 'A delivery of webhooks is never sent.' },
  'webhook-duplicated': {
    phase: 'delivery',
    description: 'The events of a delivery are sent once more, in a delivery of their own.',
  },
  'webhook-delayed': {
    phase: 'delivery',
    description: 'A delivery waits for `ms` (default 60000) of the clock in here; others overtake it.',
  },
  'index-lag': {
    phase: 'ambient',
    description: 'From now on the search index is `ms` behind (default 5000): filters are stale, values fresh.',
  },
  'unknown-property': {
    phase: 'ambient',
    description: 'The property `property` vanishes: writes get PROPERTY_DOESNT_EXIST, reads leave it out.',
  },
} satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULT_MENU;

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULT_MENU, name);
}

export function faultKind(name: FaultName): FaultKind {
  return FAULT_MENU[name];
}

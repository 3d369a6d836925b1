import { type HintServices, takeIn } from '../../hints/take-in.ts';
import { placeOf } from '../../model/errors.ts';
import type { ConnectionId, OrgId } from '../../model/values.ts';
import type { HooksPort } from './hooks-port.ts';

interface HookServices extends HintServices {
  readonly log: (level: 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface HookWishes {
  readonly publicUrl: string | null;
  /** As of the port; default 800. */
  readonly answerWithinMs?: number;
  /** Hints have been stored. Whoever called does not wait for what comes of them. */
  readonly onHints: (orgId: OrgId, connectionId: ConnectionId) => Promise<void>;
}

/** A CRM waits for seconds, but whoever keeps it waiting gets its calls later and later: HubSpot, 5 s, 10 calls at a time. */
const defaultAnswerWithinMs = 800;

export function createHooks(services: HookServices, wishes: HookWishes): HooksPort {
  const { log } = services;
  const { publicUrl, answerWithinMs = defaultAnswerWithinMs, onHints } = wishes;
  return {
    publicUrl,
    answerWithinMs,
    async takeIn(call, signal) {
      const taken = await takeIn(services, call, signal);
      if (taken.verdict !== 'accepted') return taken;
      const { orgId, connectionId, hints, foreign } = taken;
      if (foreign > 0) log('warn', 'hints of another CRM account were dropped', { orgId, connectionId, foreign });
      if (hints > 0) {
        // They are stored: at the latest the next run on schedule attends to them.
        void onHints(orgId, connectionId).catch((error: unknown) =>
          log('warn', 'nobody could be woken for hints', { orgId, connectionId, place: placeOf(error) }),
        );
      }
      return taken;
    },
  };
}

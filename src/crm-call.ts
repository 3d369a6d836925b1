import type { ConnectorContext } from './connector-sdk/context.ts';
import { type Observe, secondsBetween } from './model/observation.ts';
import { inCallSpan, refused } from './tracing.ts';

/** Every exchange of a connector goes through here, so that each is counted, timed and traced. */
export function exchangeFor({
  crm,
  now,
  observe,
}: {
  readonly crm: string;
  readonly now: () => Date;
  readonly observe: Observe;
}): ConnectorContext<unknown, unknown>['exchange'] {
  return (what, send) =>
    inCallSpan(what, { 'leadloop.crm': crm }, async (span) => {
      const startedAt = now();
      let status: number | null = null;
      try {
        const reply = await send();
        ({ status } = reply);
        span.setAttribute('http.response.status_code', status);
        if (status >= 400) refused(span);
        return reply;
      } finally {
        observe({ type: 'called', status, seconds: secondsBetween(startedAt, now()) });
      }
    });
}

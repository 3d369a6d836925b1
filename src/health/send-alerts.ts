import { type ClaimedAlert, claimAlert, markDueAlerts, orgsWithDueAlerts, settleAlert } from '../db/queries/alerts.ts';
import type { Database } from '../db/tx.ts';
import type { OrgId } from '../model/values.ts';

export interface AlertServices {
  readonly database: Database;
  readonly now: () => Date;
  readonly log: (level: 'debug' | 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Where alerts go; it holds a secret. Null = nowhere. */
  readonly alertUrl: string | null;
  /** How long the address may take; default 10 s: Slack answers within three, a proxy in between may take its time. */
  readonly answerMs?: number;
}

export interface SentAlerts {
  readonly sent: number;
  /** Kept for later, or given up. */
  readonly unsent: number;
}

const defaultAnswerMs = 10_000;
/** How long a claimed alert is nobody else's: longer than an answer may take. */
const claimMs = 60_000;
const firstPauseMs = 60_000;
const longestPauseMs = 60 * 60_000;
/** What nobody could be told for a day is no news. */
const giveUpMs = 24 * 60 * 60_000;

/** What stands for the reason where no address is configured. */
const noAddress = 'LEADLOOP_ALERT_URL is not set';

/**
 * Sends what is due, of every organisation, each at least once. All go to the same address, so after the first that does not
 * arrive the rest waits for the next call; the pauses between attempts are kept with the alert. Call it every minute or so.
 */
export async function sendAlerts(services: AlertServices, signal: AbortSignal): Promise<SentAlerts> {
  const { database, now, alertUrl } = services;
  const orgIds = await database.operator((tx) => orgsWithDueAlerts(tx, now()));
  if (alertUrl === null) return markUnaddressed(services, orgIds);
  let sent = 0;
  for (const orgId of orgIds) {
    for (let alert = await claim(services, orgId); alert !== null; alert = await claim(services, orgId)) {
      const error = await post({ ...services, alertUrl }, alert, signal);
      // Claimed it stays, and is due again in a minute.
      if (error !== null && signal.aborted) return { sent, unsent: 1 };
      await settle(services, orgId, { alert, error });
      if (error !== null) return { sent, unsent: 1 };
      sent += 1;
    }
  }
  return { sent, unsent: 0 };
}

/** They stay due: another process may have an address. What is a day old is given up here as well. */
async function markUnaddressed({ database, now }: AlertServices, orgIds: readonly OrgId[]): Promise<SentAlerts> {
  const at = now();
  const since = new Date(at.getTime() - giveUpMs);
  for (const orgId of orgIds) {
    await database.transaction(orgId, (tx) => markDueAlerts(tx, { now: at, error: noAddress, givingUpBefore: since }));
  }
  return { sent: 0, unsent: 0 };
}

async function claim({ database, now }: AlertServices, orgId: OrgId): Promise<ClaimedAlert | null> {
  const at = now();
  return database.transaction(orgId, (tx) => claimAlert(tx, { now: at, until: new Date(at.getTime() + claimMs) }));
}

async function settle(
  { database, now, log }: AlertServices,
  orgId: OrgId,
  { alert, error }: { readonly alert: ClaimedAlert; readonly error: string | null },
): Promise<void> {
  const at = now();
  const nextTryAt = error === null ? null : nextTry(alert, at);
  const sentAt = error === null ? at : null;
  await database.transaction(orgId, (tx) => settleAlert(tx, { id: alert.id, sentAt, nextTryAt, error }));
  if (error === null) return;
  const fields = { alert: alert.id, attempts: alert.attempts, error };
  log('warn', nextTryAt === null ? 'an alert was given up' : 'an alert was not sent', fields);
}

/** Null = given up. Doubling from a minute to an hour, for a day. */
function nextTry({ attempts, createdAt }: ClaimedAlert, now: Date): Date | null {
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts - 1, 10));
  const next = new Date(now.getTime() + pauseMs);
  return next.getTime() - createdAt.getTime() > giveUpMs ? null : next;
}

/** Why it did not arrive; null = it did. Never the address, which holds a secret, nor the answer, which may repeat it. */
async function post(
  { alertUrl, answerMs = defaultAnswerMs }: Pick<AlertServices, 'answerMs'> & { readonly alertUrl: string },
  alert: ClaimedAlert,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const response = await fetch(alertUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(alert)),
      // Whoever is sent elsewhere shows the secret there, too.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
    });
    await response.body?.cancel();
    return response.ok ? null : `the address answered ${response.status}`;
  } catch (error) {
    return isTimeout(error) ? `no answer within ${answerMs} ms` : 'the address could not be reached';
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

const statuses = { failing: 'failing', paused: 'paused', recovered: 'healthy' } as const;

/** `text` is what Slack shows, and whoever speaks like it; the rest is for programs. */
function bodyOf({ org, connection, source, kind, code, title, text, remedy, createdAt }: ClaimedAlert) {
  return {
    text: [`*${title}*`, text, ...(remedy === null || remedy === '' ? [] : [`What to do: ${remedy}`])].join('\n'),
    org,
    connection,
    source,
    status: statuses[kind],
    code,
    remedy,
    at: createdAt.toISOString(),
  };
}

import { type ConnectionCheck, checkConnection } from '../check.ts';
import { openConnection, type SessionServices } from '../connection.ts';
import type { CheckFinding } from '../connector-sdk/connector.ts';
import { ConnectorError } from '../connector-sdk/errors.ts';
import type { DirectoryEntry } from '../db/queries/directory.ts';
import { AppError, placeOf } from '../model/errors.ts';
import { failure, ok, span, warning } from './findings.ts';

/** A CRM that is slower than this needs a look in any case, and others wait for the answer. */
export const defaultCheckMs = 30_000;

/** Connections asked at once: each waits for its CRM, not for us. */
const atOnce = 4;

export interface CrmCheck {
  readonly services: SessionServices;
  readonly signal: AbortSignal;
  /** For each connection. */
  readonly timeoutMs: number;
}

/** What `check` finds at every connection: credentials, scopes, quota, mapping drift. In the order of the connections. */
export async function crmFindings(check: CrmCheck, entries: readonly DirectoryEntry[]): Promise<CheckFinding[]> {
  const found = new Map<DirectoryEntry, CheckFinding[]>();
  const left = [...entries];
  const worker = async (): Promise<void> => {
    for (let entry = left.shift(); entry !== undefined; entry = left.shift())
      found.set(entry, await findingsOf(check, entry));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return entries.flatMap((entry) => found.get(entry) ?? []);
}

async function findingsOf({ services, signal, timeoutMs }: CrmCheck, entry: DirectoryEntry): Promise<CheckFinding[]> {
  const label = `${entry.org}/${entry.name}`;
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    await using session = await openConnection(services, entry.orgId, entry.name, { isFresh: true });
    return flat(label, entry.name, await checkConnection(session, AbortSignal.any([signal, limit])));
  } catch (error) {
    signal.throwIfAborted();
    const again = `leadloop check ${entry.name}`;
    if (limit.aborted) return [failure(label, `no answer within ${span(timeoutMs)}`, again)];
    if (error instanceof AppError || error instanceof ConnectorError)
      return [failure(`${label} ${error.code}`, error.message, error.remedy === '' ? again : error.remedy)];
    return [failure(label, `the check ended unexpectedly: ${placeOf(error)}`, again)];
  }
}

function flat(label: string, name: string, { findings, mapping }: ConnectionCheck): CheckFinding[] {
  const again = `leadloop check ${name}`;
  const crm = findings.map((one) => ({
    ...one,
    subject: `${label} ${one.subject}`,
    remedy: one.level === 'ok' || one.remedy !== '' ? one.remedy : again,
  }));
  if (mapping === null) return crm;
  if (mapping.length === 0) return [...crm, ok(`${label} mapping`, 'every mapped field fits the CRM')];
  const drift = mapping.map(({ object, direction, field, severity, message, remedy }) => {
    const subject = `${label} ${object}.${direction} ${field}`;
    const what = remedy === '' ? again : remedy;
    return severity === 'pauses' ? failure(subject, message, what) : warning(subject, message, what);
  });
  return [...crm, ...drift];
}

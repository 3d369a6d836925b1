import type { CheckFinding } from './connector-sdk/connector.ts';
import type { Session } from './connection.ts';
import type { MappingProblem } from './model/mapping.ts';
import { prepare } from './pull/prepare.ts';
import { readRules } from './db/queries/read-rules.ts';
import { ConnectorError } from './connector-sdk/errors.ts';
import { AppError } from './model/errors.ts';

export interface ConnectionCheck {
  readonly name: string;
  readonly findings: readonly CheckFinding[];
  /** Null = not held against the CRM, which could not be asked. */
  readonly mapping: readonly MappingProblem[] | null;
}

/** Credentials, scopes, account and quota of a connection, and its mapping against the CRM's live fields. Writes nothing. */
export async function checkConnection(session: Session, signal: AbortSignal): Promise<ConnectionCheck> {
  const { name } = session.connection;
  const findings: CheckFinding[] = [];
  try {
    // Few calls, and a person waits: also where only what is kept for urgent ones is left.
    const problems = await session.urgently(async () => {
      findings.push(...(await session.connector.check(signal)));
      return (await prepare(session, session.newId(), signal)).problems;
    });
    return { name, findings: [...findings, ...(await ruleFindings(session))], mapping: problems };
  } catch (error) {
    if (!(error instanceof ConnectorError || error instanceof AppError)) throw error;
    // What the connector has found already it names better than the call that stumbles over it.
    const isFound = error instanceof ConnectorError && findings.some(({ level }) => level === 'failure');
    return { name, findings: isFound ? findings : [...findings, failureOf(error)], mapping: null };
  }
}

/** What a person is told of a fault. */
export function failureOf({ code, message, remedy }: ConnectorError | AppError): CheckFinding {
  const what = remedy === '' ? 'Check the address and the network, then run it again.' : remedy;
  return { level: 'failure', subject: code, message, remedy: what };
}

async function ruleFindings(session: Session): Promise<CheckFinding[]> {
  const rules = await session.database.transaction(session.orgId, readRules);
  if (rules.profiles.some(({ kind }) => kind === 'mql')) return [];
  const message = 'no MQL profile is applied: the default profile scores';
  return [{ level: 'ok', subject: 'profile', message, remedy: '' }];
}

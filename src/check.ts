import type { CheckFinding } from './connector-sdk/connector.ts';
import type { Session } from './connection.ts';
import type { MappingProblem } from './model/mapping.ts';
import { prepare } from './pull/prepare.ts';
import { readRules } from './db/queries/read-rules.ts';
import { ConnectorError } from './connector-sdk/errors.ts';

export interface ConnectionCheck {
  readonly name: string;
  readonly findings: readonly CheckFinding[];
  readonly mapping: readonly MappingProblem[];
}

/** Credentials, scopes, account and quota of a connection, and its mapping against the CRM's live fields. Writes nothing. */
export async function checkConnection(session: Session, signal: AbortSignal): Promise<ConnectionCheck> {
  const { name } = session.connection;
  try {
    const findings = await session.connector.check(signal);
    if (findings.some(({ level, subject }) => level === 'failure' && subject === 'credentials')) {
      return { name, findings, mapping: [] };
    }
    const { problems } = await prepare(session, session.newId(), signal);
    return { name, findings: [...findings, ...(await ruleFindings(session))], mapping: problems };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const remedy = error.remedy === '' ? 'Check the address and the network, then run it again.' : error.remedy;
    return { name, findings: [{ level: 'failure', subject: error.code, message: error.message, remedy }], mapping: [] };
  }
}

async function ruleFindings(session: Session): Promise<CheckFinding[]> {
  const rules = await session.database.transaction(session.orgId, readRules);
  if (rules.profiles.some(({ kind }) => kind === 'mql')) return [];
  const message = 'no MQL profile is applied: the default profile scores';
  return [{ level: 'ok', subject: 'profile', message, remedy: '' }];
}

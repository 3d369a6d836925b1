import { PermissionError, RequestError, type CheckFinding } from 'leadloop/connector-sdk';
import type { Describe } from './describing.ts';
import { query, userId } from '../endpoints.ts';
import { deployRemedy, permissionSet } from '../permissions.ts';
import type { Session } from '../session.ts';

/** What of the organisation's own features leadloop treats in its own way. */
export async function featureFindings(describe: Describe): Promise<readonly CheckFinding[]> {
  const fields = new Set((await describe('Account'))?.fields.map(({ name }) => name));
  const found: CheckFinding[] = [];
  if (fields.has('IsPersonAccount')) {
    const message = 'Person accounts are on: each person is read as a contact, and the account is no company.';
    found.push({ level: 'ok', subject: 'person accounts', message, remedy: '' });
  }
  if (fields.has('CurrencyIsoCode')) {
    const message = 'Several currencies are on: an amount stays in the currency of its record.';
    found.push({ level: 'ok', subject: 'currencies', message, remedy: '' });
  }
  return found;
}

/** Days in which a sales team that logs anything has logged something. */
const activityDays = 30;

/**
 * What Einstein Activity Capture shows on the timeline is no record, unless it is told to make one: engagement would be
 * missing in silence. Up to three queries for one row.
 */
export async function activityFinding(
  { client, context }: Session,
  describe: Describe,
  signal: AbortSignal,
): Promise<CheckFinding> {
  const subject = 'activity';
  const since = new Date(context.now().getTime() - activityDays * 86_400_000).toISOString();
  const isAny = async (object: string, condition = ''): Promise<boolean> => {
    if ((await describe(object)) === null) return false;
    const soql = `SELECT Id FROM ${object} WHERE CreatedDate >= ${since}${condition} LIMIT 1`;
    const found = await query(client, soql, { all: false, signal }).catch(unlessHidden);
    return found !== null && found.records.length > 0;
  };
  if ((await isAny('EmailMessage')) || (await isAny('Task', " AND TaskSubtype = 'Email'"))) {
    const message = `E-mail of the last ${activityDays} days is there.`;
    return { level: 'ok', subject, message, remedy: '' };
  }
  return {
    level: 'warning',
    subject,
    message: (await isAny('Task'))
      ? `No e-mail has been logged for ${activityDays} days, though tasks have.`
      : `Neither a task nor an e-mail has been logged for ${activityDays} days.`,
    remedy:
      'With Einstein Activity Capture, switch on “Sync Email as Salesforce Activity”: what it only shows on the timeline is ' +
      'no record. Else check that the integration user sees the activities of others. Is nothing logged, nothing is wrong.',
  };
}

/** Asked where something is out of reach: is the permission set there, and has the integration user got it? */
export async function permissionSetFinding({ client }: Session, signal: AbortSignal): Promise<CheckFinding> {
  const subject = `permission set ${permissionSet.Name}`;
  const soql =
    `SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = '${permissionSet.Name}' ` +
    `AND AssigneeId = '${await userId(client, signal)}' LIMIT 1`;
  const assigned = await query(client, soql, { all: false, signal }).catch(unlessHidden);
  if (assigned === null) {
    return { level: 'ok', subject, message: 'The integration user may not look at permission sets.', remedy: '' };
  }
  if (assigned.records.length > 0) {
    return { level: 'ok', subject, message: 'The integration user has it.', remedy: '' };
  }
  const message = 'The integration user has not got it.';
  return { level: 'warning', subject, message, remedy: deployRemedy };
}

function unlessHidden(error: unknown): null {
  if (error instanceof PermissionError || error instanceof RequestError) return null;
  throw error;
}

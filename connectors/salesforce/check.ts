import { AuthError, PermissionError, RequestError, type CheckFinding } from 'leadloop/connector-sdk';
import { ownedFields } from './default-mapping.ts';
import { describeObject, readLimits } from './endpoints.ts';
import { objects, type SalesforceObject } from './objects.ts';
import { permissionSet } from './permissions.ts';
import { account, type Session } from './session.ts';
import type { WireDescribe, WireLimits } from './wire.ts';

/** One cheap call for each object and one for the quota, none of which changes anything. @throws TransientError when Salesforce cannot be reached. */
export async function check(session: Session, signal: AbortSignal): Promise<readonly CheckFinding[]> {
  const first = await accountFinding(session, signal);
  if (first.level === 'failure') return [first];
  const findings = [first];
  for (const object of objects) findings.push(...(await objectFindings(session, object, signal)));
  return [...findings, await quotaFinding(session, signal)];
}

async function accountFinding(session: Session, signal: AbortSignal): Promise<CheckFinding> {
  const subject = 'organisation';
  try {
    const { id, type, isSandbox } = await account(session, signal);
    return ok(subject, `Salesforce organisation ${id}, ${type}${isSandbox ? ', a sandbox' : ''}.`);
  } catch (error) {
    if (error instanceof AuthError || error instanceof PermissionError || error instanceof RequestError) {
      return { level: 'failure', subject, message: error.message, remedy: remedyOf(error) };
    }
    throw error;
  }
}

async function objectFindings(
  { client }: Session,
  { object, optional, push }: SalesforceObject,
  signal: AbortSignal,
): Promise<readonly CheckFinding[]> {
  const described = await describeObject(client, object, signal).catch(unlessOutOfReach);
  const subject = `object ${object}`;
  const remedy = `Give the integration user Read and View All on ${object}, by the permission set ${permissionSet.Name}.`;
  if (described === null || described.queryable === false) {
    return [
      optional
        ? { level: 'warning', subject, message: `${object} is left out: it cannot be read.`, remedy }
        : { level: 'failure', subject, message: `${object} cannot be read.`, remedy },
    ];
  }
  const readable = ok(subject, `${object} can be read.`);
  return push === null ? [readable] : [readable, writeFinding(described), ...fieldsFinding(described)];
}

function writeFinding({ name, updateable }: WireDescribe): CheckFinding {
  const subject = `write ${name}`;
  if (updateable !== false) return ok(subject, `${name} can be written.`);
  const remedy = `Give the integration user Edit on ${name}, by the permission set ${permissionSet.Name}.`;
  return { level: 'failure', subject, message: `${name} cannot be written.`, remedy };
}

/** A field that is hidden looks exactly like one that is not there. */
function fieldsFinding({ name, fields }: WireDescribe): readonly CheckFinding[] {
  const visible = new Map(fields.map((field) => [field.name, field]));
  const owned = (ownedFields[name] ?? []).map((field) => field.name);
  const missing = owned.filter((field) => !visible.has(field));
  const readOnly = owned.filter((field) => visible.get(field)?.updateable === false);
  const subject = `fields ${name}`;
  const remedy = `Let leadloop create them, or deploy them and grant them by the permission set ${permissionSet.Name}.`;
  if (missing.length > 0) {
    const message = `Missing or hidden on ${name}: ${missing.join(', ')}.`;
    return [{ level: 'warning', subject, message, remedy }];
  }
  if (readOnly.length > 0) {
    const message = `Cannot be written on ${name}: ${readOnly.join(', ')}.`;
    return [{ level: 'warning', subject, message, remedy }];
  }
  return [ok(subject, `All fields that leadloop writes are on ${name}.`)];
}

function unlessOutOfReach(error: unknown): null {
  if (error instanceof PermissionError || (error instanceof RequestError && error.status === 404)) return null;
  throw error;
}

async function quotaFinding({ client }: Session, signal: AbortSignal): Promise<CheckFinding> {
  const subject = 'quota';
  const limits = await readLimits(client, signal).catch(unlessOutOfReach);
  const calls = numbersOf(limits?.['DailyApiRequests']) ?? client.daily;
  const jobs = numbersOf(limits?.['DailyBulkV2QueryJobs']);
  if (calls === null) return ok(subject, 'Salesforce does not tell how many calls are left.');
  const left = `${calls.remaining} of ${calls.max} calls are left to the whole organisation in these 24 hours`;
  if (jobs === null) return ok(subject, `${left}.`);
  const message = `${left}, and ${jobs.remaining} of ${jobs.max} bulk query jobs.`;
  if (jobs.remaining > 0) return ok(subject, message);
  const remedy = 'Until some come back, everything is read by calls of 2,000 records.';
  return { level: 'warning', subject, message, remedy };
}

function numbersOf(limit: WireLimits[string] | undefined): { readonly max: number; readonly remaining: number } | null {
  return typeof limit?.Max === 'number' && typeof limit.Remaining === 'number'
    ? { max: limit.Max, remaining: limit.Remaining }
    : null;
}

function remedyOf({ remedy }: AuthError | PermissionError | RequestError): string {
  return remedy === '' ? 'Check settings.loginUrl and settings.apiVersion.' : remedy;
}

function ok(subject: string, message: string): CheckFinding {
  return { level: 'ok', subject, message, remedy: '' };
}

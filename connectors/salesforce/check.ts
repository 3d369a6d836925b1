import { AuthError, PermissionError, RequestError, type CheckFinding } from 'leadloop/connector-sdk';
import { activityFinding, featureFindings, permissionSetFinding } from './check/organization.ts';
import { objectFindings } from './check/objects.ts';
import { listVersions, readLimits } from './endpoints.ts';
import { describing } from './check/describing.ts';
import { apiVersion } from './limits.ts';
import { account, type Session } from './session.ts';
import type { WireLimits } from './wire.ts';

/**
 * Everything that an administrator has to put right, each with what to do. Some twenty cheap calls, none of which changes
 * anything. @throws TransientError when Salesforce cannot be reached.
 */
export async function check(session: Session, signal: AbortSignal): Promise<readonly CheckFinding[]> {
  const first = [await versionFinding(session, signal), await accountFinding(session, signal)].flatMap(
    (finding) => finding ?? [],
  );
  const failure = first.find(({ level }) => level === 'failure');
  if (failure !== undefined) return [failure];
  const describe = describing(session, signal);
  const findings = [...first, ...(await objectFindings(describe))];
  findings.push(...(await featureFindings(describe)), await activityFinding(session, describe, signal));
  const hasGaps = findings.some(({ level }) => level !== 'ok');
  if (hasGaps) findings.push(await permissionSetFinding(session, signal));
  return [...findings, await quotaFinding(session, signal)];
}

/** Null = Salesforce does not say: then the credentials are the problem. */
async function versionFinding({ client, context }: Session, signal: AbortSignal): Promise<CheckFinding | null> {
  const subject = 'API version';
  const versions = await listVersions(client, signal).catch(unlessTold);
  if (versions === null || versions.length === 0) return null;
  const wanted = context.settings.apiVersion ?? apiVersion;
  if (versions.includes(wanted)) return ok(subject, `This organisation speaks version ${wanted}.`);
  return {
    level: 'failure',
    subject,
    message: `This organisation does not speak version ${wanted}, or no longer.`,
    remedy:
      `Set settings.apiVersion to one from ${versions[0]} to ${versions.at(-1)}; ` +
      `leadloop is tested with ${apiVersion}, which is used where the setting is left out.`,
  };
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

function unlessTold(error: unknown): null {
  if (error instanceof AuthError || error instanceof PermissionError || error instanceof RequestError) return null;
  throw error;
}

async function quotaFinding({ client }: Session, signal: AbortSignal): Promise<CheckFinding> {
  const subject = 'quota';
  const limits = await readLimits(client, signal).catch(unlessTold);
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

import { AuthError, PermissionError, RequestError, type CheckFinding } from 'leadloop/connector-sdk';
import {
  createProperties,
  listEmailEvents,
  listForms,
  listOwners,
  listProperties,
  listRecords,
  updateBatch,
} from './endpoints.ts';
import { ownedFields } from './default-mapping.ts';
import { objects, type HubSpotObject } from './objects.ts';
import { account, type Session } from './session.ts';

/** About a dozen cheap calls, none of which changes anything. @throws TransientError when HubSpot cannot be reached. */
export async function check(session: Session, signal: AbortSignal): Promise<readonly CheckFinding[]> {
  const first = await accountFinding(session, signal);
  if (first.level === 'failure') return [first];
  const findings = [first];
  for (const object of objects) findings.push(await readFinding(session, object, signal));
  for (const object of objects.filter(({ push }) => push !== null)) {
    findings.push(await writeFinding(session, object, signal), await fieldsFinding(session, object, signal));
  }
  return [...findings, quotaFinding(session)];
}

async function accountFinding(session: Session, signal: AbortSignal): Promise<CheckFinding> {
  const subject = 'account';
  try {
    const { portalId, accountType, timeZone } = await account(session, signal);
    return ok(subject, `HubSpot account ${portalId}, ${accountType}, ${timeZone}.`);
  } catch (error) {
    if (error instanceof AuthError || error instanceof PermissionError || error instanceof RequestError) {
      return { level: 'failure', subject, message: error.message, remedy: error.remedy };
    }
    throw error;
  }
}

/** Reads one page of the object. */
async function readFinding(session: Session, object: HubSpotObject, signal: AbortSignal): Promise<CheckFinding> {
  const subject = `scope ${object.scopes.join(' or ')}`;
  try {
    await readAny(session, object, signal);
    return ok(subject, `${object.object} can be read.`);
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    const message = object.optional
      ? `${object.object} are left out: the scope is missing.`
      : `${object.object} cannot be read.`;
    const level = object.optional ? 'warning' : 'failure';
    return { level, subject, message, remedy: remedyFor(object.scopes, error) };
  }
}

async function readAny(
  { client, context }: Session,
  { object, source }: HubSpotObject,
  signal: AbortSignal,
): Promise<void> {
  switch (source) {
    case 'crm':
      await listRecords(client, object, { properties: [], after: null, archived: false }, signal);
      break;
    case 'owners':
      await listOwners(client, { after: null, archived: false }, signal);
      break;
    case 'forms':
      await listForms(client, null, signal);
      break;
    case 'email-events': {
      const now = context.now().getTime();
      await listEmailEvents(client, { startTimestamp: now - 1, endTimestamp: now, offset: null }, signal);
    }
  }
}

/** An empty batch writes nothing: only a 403 says something, that we may not. */
async function writeFinding(
  { client }: Session,
  { object, push }: HubSpotObject,
  signal: AbortSignal,
): Promise<CheckFinding> {
  const scope = `crm.objects.${object}.write`;
  const refusal = await refusalOf(updateBatch(client, object, [], signal));
  if (refusal === null) return ok(`scope ${scope}`, `${object} can be written.`);
  const remedy = remedyFor([scope], refusal);
  return { ...leftOut(object, push), subject: `scope ${scope}`, remedy };
}

/** An object without which the others are still written to. */
function leftOut(object: string, push: HubSpotObject['push']): Pick<CheckFinding, 'level' | 'message'> {
  return push?.optional === true
    ? { level: 'warning', message: `${object} are not written: the scope is missing. Everything else is.` }
    : { level: 'failure', message: `${object} cannot be written.` };
}

async function fieldsFinding(
  { client }: Session,
  { object, push }: HubSpotObject,
  signal: AbortSignal,
): Promise<CheckFinding> {
  const subject = `fields ${object}`;
  const level = push?.optional === true ? 'warning' : 'failure';
  try {
    const existing = new Set((await listProperties(client, object, signal)).map(({ name }) => name));
    const missing = (ownedFields[object] ?? []).map(({ name }) => name).filter((name) => !existing.has(name));
    if (missing.length === 0) return ok(subject, `All fields that leadloop writes are on ${object}.`);
    const message = `Missing on ${object}: ${missing.join(', ')}.`;
    const scope = `crm.schemas.${object}.write`;
    // Again an empty batch: whether we might make them.
    const refusal = await refusalOf(createProperties(client, object, [], signal));
    return refusal === null
      ? { level: 'warning', subject, message, remedy: 'Let leadloop make them: it does when it first writes.' }
      : { level, subject, message, remedy: `${remedyFor([scope], refusal)} Or make them by hand.` };
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    const message = `The properties of ${object} cannot be read.`;
    return { level, subject, message, remedy: remedyFor([`crm.schemas.${object}.read`], error) };
  }
}

/** Null = we may. What else HubSpot says of an empty batch says nothing. */
async function refusalOf(call: Promise<unknown>): Promise<PermissionError | null> {
  try {
    await call;
  } catch (error) {
    if (error instanceof PermissionError) return error;
    if (!(error instanceof RequestError)) throw error;
  }
  return null;
}

function quotaFinding({ client }: Session): CheckFinding {
  const { daily } = client;
  if (daily === null) return ok('quota', 'HubSpot does not tell this kind of app how many calls are left today.');
  return ok('quota', `${daily.remaining} of ${daily.max} calls are left to the whole account today.`);
}

function remedyFor(scopes: readonly string[], error: PermissionError): string {
  const named = scopes.length === 0 ? error.scopes : scopes;
  return `Give the key or app the scope ${named.join(' or ')}.`;
}

function ok(subject: string, message: string): CheckFinding {
  return { level: 'ok', subject, message, remedy: '' };
}

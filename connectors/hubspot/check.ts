import { AuthError, PermissionError, RequestError, type CheckFinding } from 'leadloop/connector-sdk';
import { listEmailEvents, listForms, listOwners, listProperties, listRecords, updateBatch } from './endpoints.ts';
import { ownedFields } from './default-mapping.ts';
import { objects, type HubSpotObject } from './objects.ts';
import { account, type Session } from './session.ts';

/** About a dozen cheap calls, none of which changes anything. @throws TransientError when HubSpot cannot be reached. */
export async function check(session: Session, signal: AbortSignal): Promise<readonly CheckFinding[]> {
  const first = await accountFinding(session, signal);
  if (first.level === 'failure') return [first];
  const findings = [first];
  for (const object of objects) findings.push(await readFinding(session, object, signal));
  findings.push(await writeFinding(session, signal), await fieldsFinding(session, signal), quotaFinding(session));
  return findings;
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
async function writeFinding({ client }: Session, signal: AbortSignal): Promise<CheckFinding> {
  const scopes = ['crm.objects.contacts.write'];
  const subject = `scope ${scopes[0]}`;
  try {
    await updateBatch(client, 'contacts', [], signal);
  } catch (error) {
    if (error instanceof PermissionError) {
      return { level: 'failure', subject, message: 'contacts cannot be written.', remedy: remedyFor(scopes, error) };
    }
    if (!(error instanceof RequestError)) throw error;
  }
  return ok(subject, 'contacts can be written.');
}

async function fieldsFinding({ client }: Session, signal: AbortSignal): Promise<CheckFinding> {
  const scopes = ['crm.schemas.contacts.read'];
  try {
    const existing = new Set((await listProperties(client, 'contacts', signal)).map(({ name }) => name));
    const missing = (ownedFields['contacts'] ?? []).map(({ name }) => name).filter((name) => !existing.has(name));
    if (missing.length === 0) return ok('fields', 'All fields that leadloop writes are there.');
    const message = `Missing on contacts: ${missing.join(', ')}.`;
    return {
      level: 'warning',
      subject: 'fields',
      message,
      remedy: 'Let leadloop create them; that needs crm.schemas.contacts.write.',
    };
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    return {
      level: 'failure',
      subject: 'fields',
      message: 'The properties of contacts cannot be read.',
      remedy: remedyFor(scopes, error),
    };
  }
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

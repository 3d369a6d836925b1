import { ProtocolError, RequestError } from 'leadloop/connector-sdk';
import { createRecord, query, userId } from './endpoints.ts';
import type { Session } from './session.ts';

/** All that leadloop may see and write is in it. */
export const permissionSet = { Name: 'Leadloop_Integration', Label: 'Leadloop Integration' };

/** What an administrator does where leadloop may not do it itself. */
export const deployRemedy =
  `Deploy connectors/salesforce/package and assign its permission set ${permissionSet.Name} to the integration user: ` +
  'see “What it needs” in connectors/salesforce/README.md.';

/**
 * Lets the integration user read and write fields, through a permission set of ours that is made where it is missing.
 * Returns why a field may still be hidden.
 */
export async function grantFields(
  session: Session,
  object: string,
  { fields, signal }: { readonly fields: readonly string[]; readonly signal: AbortSignal },
): Promise<string> {
  const { client } = session;
  const parent = await ownSet(session, signal);
  for (const field of fields) {
    await createRecord(
      client,
      'FieldPermissions',
      {
        ParentId: parent,
        SobjectType: object,
        Field: `${object}.${field}`,
        PermissionsRead: true,
        PermissionsEdit: true,
      },
      signal,
    ).catch(unlessThere);
  }
  const assignment = { PermissionSetId: parent, AssigneeId: await userId(client, signal) };
  await createRecord(client, 'PermissionSetAssignment', assignment, signal).catch(unlessThere);
  return `The field is granted by the permission set ${permissionSet.Name}, and still hidden.`;
}

async function ownSet({ client }: Session, signal: AbortSignal): Promise<string> {
  const find = async (): Promise<string | undefined> => {
    const soql = `SELECT Id FROM PermissionSet WHERE Name = '${permissionSet.Name}' LIMIT 1`;
    return (await query(client, soql, { all: false, signal })).records[0]?.Id;
  };
  const existing = await find();
  if (existing !== undefined) return existing;
  const created = await createRecord(client, 'PermissionSet', permissionSet, signal).catch(unlessThere);
  const id = created?.id ?? (await find());
  if (id === undefined) throw new ProtocolError('Salesforce made a permission set and does not show it.');
  return id;
}

function unlessThere(error: unknown): null {
  const there = ['DUPLICATE_VALUE', 'DUPLICATE_DEVELOPER_NAME'];
  if (error instanceof RequestError && there.includes(error.category)) return null;
  throw error;
}

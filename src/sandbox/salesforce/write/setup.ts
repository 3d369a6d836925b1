import type { Problem } from '../errors.ts';
import type { Org } from '../store/org.ts';
import type { Row } from '../store/table.ts';

function existing(org: Org, object: string, { id, values }: Row, keys: readonly string[]): Row | undefined {
  return [...org.table(object).all()].find(
    (row) => row.id !== id && keys.every((key) => row.values[key] === values[key]),
  );
}

function assignmentProblem(org: Org, row: Row): Problem | undefined {
  const keys = ['AssigneeId', 'PermissionSetId'];
  if (existing(org, 'PermissionSetAssignment', row, keys) === undefined) return undefined;
  const [user, set] = keys.map((key) => String(row.values[key]).slice(0, 15));
  const message = `Duplicate PermissionSetAssignment.  Assignee: ${user}; Permission Set: ${set}`;
  return { code: 'DUPLICATE_VALUE', message, fields: keys };
}

function fieldPermissionProblem(org: Org, row: Row): Problem | undefined {
  const [object = '', field = ''] = String(row.values['Field']).split('.');
  const type = org.object(object);
  if (type?.field(field) === undefined || type.name !== row.values['SobjectType']) {
    const message = `Field Name: bad value for restricted picklist field: ${String(row.values['Field'])}`;
    return { code: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, fields: ['Field'] };
  }
  if (row.values['PermissionsEdit'] === true && row.values['PermissionsRead'] !== true) {
    const message = 'Field permission Edit requires Read';
    return { code: 'FIELD_INTEGRITY_EXCEPTION', message, fields: ['PermissionsEdit'] };
  }
  const other = existing(org, 'FieldPermissions', row, ['ParentId', 'Field']);
  if (other === undefined) return undefined;
  const message = `duplicate value found: <unknown> duplicates value on record with id: ${other.id.slice(0, 15)}`;
  return { code: 'DUPLICATE_VALUE', message, fields: [] };
}

/** Rules of permission sets and what hangs on them. */
export function setupProblem(org: Org, row: Row): Problem | undefined {
  switch (row.object.name) {
    case 'PermissionSetAssignment':
      return assignmentProblem(org, row);
    case 'FieldPermissions':
      return fieldPermissionProblem(org, row);
    case 'PermissionSet': {
      if (existing(org, 'PermissionSet', row, ['Name']) === undefined) return undefined;
      const message = `The API Name ${String(row.values['Name'])} is already used by another permission set.`;
      return { code: 'DUPLICATE_DEVELOPER_NAME', message, fields: ['Name'] };
    }
    default:
      return undefined;
  }
}

import type { Field } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Row } from './table.ts';

function keyOf(object: SObject | string, field: string): string {
  return `${typeof object === 'string' ? object : object.name}.${field}`.toLowerCase();
}

/**
 * Field-level security, and whether an object may be written at all. The fields an org was born with are open to everybody unless hidden; a field that was added
 * later is open to nobody until a permission set grants it.
 */
export class FieldAccess {
  /** The records of an object. */
  private readonly rowsOf: (object: string) => Iterable<Row>;
  private readonly closed = new Set<string>();
  private hidden = new Set<string>();
  private readOnly = new Set<string>();

  constructor(rowsOf: (object: string) => Iterable<Row>) {
    this.rowsOf = rowsOf;
  }

  /** A new custom field: nobody sees it yet. */
  close(object: SObject, field: string): void {
    this.closed.add(keyOf(object, field));
  }

  /** Hides fields, written `Lead.Phone`, from every user of the API. */
  hide(names: readonly string[]): void {
    this.hidden = new Set(names.map((name) => name.toLowerCase()));
  }

  /** Takes the right Edit on these objects from every user of the API. */
  protect(objects: readonly string[]): void {
    this.readOnly = new Set(objects.map((name) => name.toLowerCase()));
  }

  writable(object: SObject): boolean {
    return !this.readOnly.has(object.name.toLowerCase());
  }

  readable(userId: string, object: SObject, field: Field): boolean {
    return this.permits(userId, keyOf(object, field.name), 'PermissionsRead');
  }

  editable(userId: string, object: SObject, field: Field): boolean {
    return this.writable(object) && this.permits(userId, keyOf(object, field.name), 'PermissionsEdit');
  }

  /** A field by its name, if this user may read it: to others it does not exist. */
  visible(userId: string, object: SObject, name: string): Field | undefined {
    const field = object.field(name);
    return field !== undefined && this.readable(userId, object, field) ? field : undefined;
  }

  private permits(userId: string, key: string, permission: string): boolean {
    if (this.hidden.has(key)) return false;
    if (!this.closed.has(key)) return true;
    const sets = new Set(
      [...this.rowsOf('PermissionSetAssignment')]
        .filter(({ values }) => values['AssigneeId'] === userId)
        .map(({ values }) => values['PermissionSetId']),
    );
    return [...this.rowsOf('FieldPermissions')].some(
      ({ values }) =>
        sets.has(values['ParentId'] ?? null) &&
        String(values['Field']).toLowerCase() === key &&
        values[permission] === true,
    );
  }
}

import {
  PermissionError,
  RequestError,
  type EnsuredField,
  type FieldSchema,
  type FieldSpec,
  type FieldType,
} from 'leadloop/connector-sdk';
import { createField } from './endpoints.ts';
import { deployRemedy, grantFields } from './permissions.ts';
import { cachedSchema } from './schema.ts';
import type { Session } from './session.ts';

/** DATA: our types → the metadata of a custom field (docs, Metadata API, CustomField). */
const metadata: Readonly<Record<FieldType, (field: FieldSpec) => Readonly<Record<string, unknown>>>> = {
  // Two long ones in one query would cut its pages to 200 rows (docs, query batch size).
  text: ({ maxLength }) =>
    maxLength === null || maxLength > 255
      ? { type: 'LongTextArea', length: 1_000, visibleLines: 3 }
      : { type: 'Text', length: maxLength },
  // Scores are whole.
  number: () => ({ type: 'Number', precision: 18, scale: 0 }),
  boolean: () => ({ type: 'Checkbox', defaultValue: 'false' }),
  date: () => ({ type: 'Date' }),
  datetime: () => ({ type: 'DateTime' }),
  option: ({ options }) => ({ type: 'Picklist', valueSet: valueSet(options) }),
  options: ({ options }) => ({ type: 'MultiselectPicklist', visibleLines: 4, valueSet: valueSet(options) }),
};

function valueSet(options: readonly string[]): object {
  const value = options.map((option) => ({ valueName: option, label: option, default: false }));
  return { restricted: true, valueSetDefinition: { sorted: false, value } };
}

/**
 * PURE. What a field of ours is made of, whether by the Tooling API or by a deployment. No field is ever required: it would
 * break other integrations, and for a checkbox Salesforce refuses the very word (recorded, FIELD_INTEGRITY_EXCEPTION).
 */
export function definitionOf(field: FieldSpec): Readonly<Record<string, unknown>> {
  const { label, description, type } = field;
  return { label, description, inlineHelpText: description, ...metadata[type](field) };
}

/**
 * One call where all is there. A new field is invisible to everybody, us included (docs, field-level security): those that we
 * made, and those of ours that are hidden, are granted by a permission set.
 */
export async function ensureFields(
  session: Session,
  object: string,
  fields: readonly FieldSpec[],
  signal: AbortSignal,
): Promise<readonly EnsuredField[]> {
  const before = await freshSchema(session, object, signal);
  const ensured: EnsuredField[] = [];
  for (const field of fields) {
    const existing = before.get(field.name);
    ensured.push(existing === undefined ? await create(session, object, { field, signal }) : judged(field, existing));
  }
  const hidden = ensured.filter(({ status, field }) => status !== 'forbidden' && !before.has(field));
  if (hidden.length === 0) return ensured;
  const refusal = await grantFields(session, object, { fields: hidden.map(({ field }) => field), signal }).catch(
    whyNot,
  );
  const after = await freshSchema(session, object, signal);
  return ensured.map((one) => {
    if (one.status === 'forbidden' || before.has(one.field)) return one;
    const shown = after.get(one.field);
    const field = fields.find(({ name }) => name === one.field);
    if (shown === undefined || field === undefined) return { ...one, status: 'forbidden', message: refusal };
    // One that we made may still not be ours to write: Edit on the object is missing.
    return one.status === 'created' && !shown.readOnly ? one : judged(field, shown);
  });
}

async function freshSchema(
  session: Session,
  object: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FieldSchema>> {
  const schema = await cachedSchema(session, object, { maxAgeMs: 0, signal });
  return new Map(schema.map((field) => [field.name, field]));
}

/** A field of this name is there: is it what we would have made? */
function judged(field: FieldSpec, existing: FieldSchema): EnsuredField {
  if (existing.type !== field.type) {
    return ensuredAs(field, 'conflict', `The field is of type ${existing.type} instead of ${field.type}.`);
  }
  if (existing.readOnly) return ensuredAs(field, 'conflict', 'The field cannot be written by the integration user.');
  const missing = field.options.filter((option) => !existing.options.includes(option));
  return missing.length === 0
    ? ensuredAs(field, 'present', '')
    : ensuredAs(field, 'conflict', `The field lacks these values: ${missing.join(', ')}.`);
}

async function create(
  { client }: Session,
  object: string,
  { field, signal }: { readonly field: FieldSpec; readonly signal: AbortSignal },
): Promise<EnsuredField> {
  const fullName = `${object}.${field.name}`;
  try {
    await createField(client, fullName, definitionOf(field), signal);
    return ensuredAs(field, 'created', '');
  } catch (error) {
    if (error instanceof PermissionError) {
      const message = `The integration user may not customise the application to make ${fullName}. ${deployRemedy}`;
      return ensuredAs(field, 'forbidden', message);
    }
    // It is there and hidden, or another daemon was faster.
    if (error instanceof RequestError && error.category === 'DUPLICATE_DEVELOPER_NAME') {
      return ensuredAs(field, 'present', '');
    }
    if (error instanceof RequestError) return ensuredAs(field, 'forbidden', error.message);
    throw error;
  }
}

function whyNot(error: unknown): string {
  if (error instanceof PermissionError || error instanceof RequestError) {
    return `The integration user may not grant itself the field. ${deployRemedy}`;
  }
  throw error;
}

function ensuredAs({ name }: FieldSpec, status: EnsuredField['status'], message: string): EnsuredField {
  return { field: name, status, message };
}

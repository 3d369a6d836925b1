import { VendorError, validationError, type ErrorDetail } from '../errors.ts';
import { LIFECYCLE_STAGES } from '../schema/enumerations.ts';
import { isoInstant } from '../time.ts';
import { checkValue, unknownProperty, type ValueProblem } from '../values.ts';
import type { ObjectTable } from './object-table.ts';
import type { CrmRecord, Properties } from './record.ts';
import type { Store } from './store.ts';

export interface PreparedWrite {
  /** Values to store, by property. */
  readonly changes: Record<string, string>;
  /** Every property that was sent with a value, whether or not it changes anything. */
  readonly named: readonly string[];
  readonly problems: readonly ValueProblem[];
}

/** What a record that is only being created has. */
export const NO_PROPERTIES: Properties = {};

/** Forward only: the API answers a backward move with success and keeps the stage (HubSpot staff, community). */
function isBackward(next: string, current: string | undefined): boolean {
  const stages: readonly string[] = LIFECYCLE_STAGES;
  return next !== '' && current !== undefined && current !== '' && stages.indexOf(next) < stages.indexOf(current);
}

export function prepareWrite(table: ObjectTable, current: Properties, sent: Record<string, unknown>): PreparedWrite {
  const changes: Record<string, string> = {};
  const named: string[] = [];
  const problems: ValueProblem[] = [];
  for (const [name, raw] of Object.entries(sent)) {
    const definition = table.catalogue.get(name);
    if (definition === undefined) {
      problems.push(unknownProperty(name));
      continue;
    }
    // A null is not "clear": it is as if the property had not been sent.
    if (raw === null) continue;
    const checked = checkValue(definition, raw, current[name]);
    if ('problem' in checked) {
      problems.push(checked.problem);
      continue;
    }
    named.push(name);
    if (name === 'lifecyclestage' && isBackward(checked.value, current[name])) continue;
    changes[name] = checked.value;
  }
  return { changes, named, problems };
}

/** The whole request is refused; `message` holds JSON inside a string, `errors` repeats it (captured). */
export function invalidValues(problems: readonly ValueProblem[]): VendorError {
  const errors = problems.map((problem): ErrorDetail => ({
    message: problem.message,
    code: problem.error,
    context: { propertyName: [problem.name] },
  }));
  return validationError(`Property values were not valid: ${JSON.stringify(problems)}`, { errors });
}

/** Properties whose value only one record of the table may have. */
export function identifyingProperties({ type, catalogue }: ObjectTable): readonly string[] {
  return type.name === 'contacts' ? ['email', ...catalogue.uniqueNames()] : catalogue.uniqueNames();
}

/** Who already has a value that only one record may have. */
export function conflictingOwner(
  table: ObjectTable,
  changes: Properties,
  self: number | undefined,
): { property: string; id: number } | undefined {
  for (const property of identifyingProperties(table)) {
    const value = changes[property];
    if (value === undefined || value === '') continue;
    const id = table.unique.owner(property, value);
    if (id !== undefined && id !== self) return { property, id };
  }
  return undefined;
}

/** The other record's id is named in the text only. */
export function conflict(table: ObjectTable, existing: number): VendorError {
  const { singular } = table.type;
  const kind = singular.charAt(0).toUpperCase() + singular.slice(1);
  return new VendorError(409, {
    status: 'error',
    message: `${kind} already exists. Existing ID: ${existing}`,
    category: 'CONFLICT',
  });
}

function derived(table: ObjectTable, merged: Properties, changes: Properties, at: number): Record<string, string> {
  const values: Record<string, string> = {};
  const stage = changes['lifecyclestage'];
  if (table.type.name !== 'contacts') return values;
  if (changes['email'] !== undefined) values['hs_email_domain'] = changes['email'].split('@')[1] ?? '';
  if (stage !== undefined && stage !== '') values[`hs_lifecyclestage_${stage}_date`] = isoInstant(at);
  const name = [merged['firstname'], merged['lastname']].filter((part) => part !== undefined && part !== '').join(' ');
  values['hs_full_name_or_email'] = name === '' ? (merged['email'] ?? '') : name;
  return values;
}

export function createRecord(store: Store, table: ObjectTable, changes: Properties, at: number): CrmRecord {
  const defaults: Record<string, string> = {
    hs_object_source: 'INTEGRATION',
    hs_object_source_id: '1',
    hs_object_source_label: 'INTEGRATION',
  };
  if (table.type.name === 'contacts') {
    defaults['hs_is_contact'] = 'true';
    defaults['hs_is_unworked'] = 'true';
    defaults['hs_pipeline'] = 'contacts-lifecycle-pipeline';
  }
  if (table.catalogue.get('lifecyclestage') !== undefined) defaults['lifecyclestage'] = 'lead';
  const filled = { ...defaults, ...changes };
  return store.create(table, { ...filled, ...derived(table, filled, filled, at) }, at);
}

export interface WriteRules {
  /** Whether a write that changes no value still moves the modification time: not documented, seen both ways. */
  readonly bumpOnNoChange: boolean;
}

export function updateRecord(
  store: Store,
  { table, record, at }: { table: ObjectTable; record: CrmRecord; at: number },
  { changes, named }: PreparedWrite,
  { bumpOnNoChange }: WriteRules,
): void {
  const before = record.properties;
  const changed = Object.entries(changes).some(([name, value]) => before[name] !== value);
  if (!changed && (!bumpOnNoChange || named.length === 0)) return;
  const merged = { ...before, ...changes };
  const properties = changed ? { ...merged, ...derived(table, merged, changes, at) } : before;
  store.update(table, record, properties, at);
}

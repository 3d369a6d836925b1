import type { Problem } from '../errors.ts';
import type { Values } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Reader } from '../soql/columns.ts';
import { compileSoql } from '../soql/select.ts';
import type { Row } from '../store/table.ts';

/** What an administrator forbids: records for which `where` (SOQL) holds after the write. */
export interface ValidationRule {
  object: string;
  where: string;
  message: string;
  /** Where the message shows; without it, at the top of the page. */
  field?: string;
}

/** `alert` gives way to allowSave, `block` never does. */
export type DuplicateRule = 'alert' | 'block' | 'off';

export interface Rules {
  validation: ValidationRule[];
  duplicates: DuplicateRule;
  /** The queue to which the active assignment rule hands leads; undefined = no active rule. */
  assignTo: string | undefined;
}

function violated(reader: Reader, rule: ValidationRule, row: Row): boolean {
  const { where } = compileSoql(reader, `SELECT Id FROM ${rule.object} WHERE ${rule.where}`);
  return where?.(row) ?? false;
}

export function validationProblems(reader: Reader, rules: Rules, row: Row): Problem[] {
  return rules.validation
    .filter((rule) => rule.object === row.object.name && violated(reader, rule, row))
    .map(({ message, field }) => ({
      code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      message,
      fields: field === undefined ? [] : [field],
    }));
}

/** Somebody else of the same object with the same e-mail; a rule looks at every save. */
export function duplicateProblem(
  { org }: Reader,
  rules: Rules,
  { object, id, values, allowSave }: { object: SObject; id: string; values: Values; allowSave: boolean },
): Problem | undefined {
  if (rules.duplicates === 'off' || object.field('Email') === undefined || !object.flags.mergeable) return undefined;
  if (rules.duplicates === 'alert' && allowSave) return undefined;
  const other = org
    .table(object)
    .having('Email', values['Email'])
    .find((row) => row.id !== id && row.deletedAt === undefined && row.values['IsConverted'] !== true);
  if (other === undefined) return undefined;
  const message = "You're creating a duplicate record. We recommend you use an existing record instead.";
  const record = {
    attributes: { type: object.name, url: `/services/data/v67.0/sobjects/${object.name}/${other.id}` },
    Id: other.id,
  };
  const match = { additionalInformation: [], fieldDiffs: [], matchConfidence: 100, record };
  const result = {
    allowSave: rules.duplicates === 'alert',
    duplicateRule: `${object.name}s_DR`,
    duplicateRuleEntityType: object.name,
    errorMessage: message,
    matchResults: [
      {
        entityType: object.name,
        errors: [],
        matchEngine: 'ExactMatchEngine',
        matchRecords: [match],
        rule: `${object.name}_MR`,
        size: 1,
        success: true,
      },
    ],
  };
  // The key is really spelt like this on the wire.
  return { code: 'DUPLICATES_DETECTED', message, more: { duplicateResut: result } };
}

/** Unique fields are compared without regard to case, deleted records do not count. */
export function uniqueProblem({ org }: Reader, object: SObject, id: string, values: Values): Problem | undefined {
  for (const field of object.fields()) {
    if (!field.unique) continue;
    const owner = org
      .table(object)
      .having(field.name, values[field.name])
      .find((row) => row.id !== id && row.deletedAt === undefined);
    if (owner === undefined) continue;
    const message = `duplicate value found: ${field.name} duplicates value on record with id: ${owner.id.slice(0, 15)}`;
    return { code: 'DUPLICATE_VALUE', message, fields: [field.name] };
  }
  return undefined;
}

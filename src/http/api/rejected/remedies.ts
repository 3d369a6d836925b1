/** PURE. What is to be done about rejected records of a kind. */
import type { RejectedKind } from '../../../db/queries/rejected-kinds.ts';

export function remedyOf({ of, stage, code, field }: Pick<RejectedKind, 'of' | 'stage' | 'code' | 'field'>): string {
  if (of === 'source')
    return (
      ofSource[code] ??
      'Correct the rows in the database that they come from, or the query; the next import reads them again.'
    );
  if (stage === 'push') return ofPush(field);
  return ofRead[code] ?? 'Correct the value in the CRM; the next sync reads it again.';
}

const ofRead: Readonly<Record<string, string>> = {
  'invalid-value':
    'Correct the value in the CRM, or give the field a transform in the mapping that makes sense of it; then retry.',
  'wrong-type': 'The field has another type in the CRM than its values: correct the values, or map another field.',
  'no-modified-date': 'The CRM left out when the record was changed last: save it there once more, then retry.',
  'no-id': 'The CRM sent a record without an id: its support can say why. Nothing else is affected.',
  'invalid-date': 'Correct the date of the activity in the CRM; until then it does not count.',
};

const ofSource: Readonly<Record<string, string>> = {
  'unknown-field': 'Name the column as the field is called, in the query or under `columns`, or leave it out.',
  missing: 'Select the field that is missing, or leave such rows out of the query.',
  future: 'Correct the clock of what wrote these rows: they are more than a day ahead.',
};

function ofPush(field: string): string {
  const what = field === '' ? 'The CRM refuses this record' : `The CRM refuses this value of ${field}`;
  return `${what}: look for a validation rule, a required field or a missing option there, or map to another field; then retry.`;
}

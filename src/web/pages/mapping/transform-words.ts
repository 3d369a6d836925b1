/** PURE. Transforms in the words of who picks them. */
import type { TransformForm } from '../../../http/api/mapping/schemas.ts';

export type TransformName = TransformForm['name'];

interface TransformWords {
  readonly label: string;
  /** As it is when it is added. */
  readonly fresh: TransformForm;
}

export const transformWords: Readonly<Record<TransformName, TransformWords>> = {
  trim: { label: 'Trim spaces', fresh: { name: 'trim' } },
  lower: { label: 'Lower case', fresh: { name: 'lower' } },
  upper: { label: 'Upper case', fresh: { name: 'upper' } },
  title: { label: 'Title case', fresh: { name: 'title' } },
  integer: { label: 'Whole number', fresh: { name: 'integer' } },
  number: { label: 'Number', fresh: { name: 'number' } },
  boolean: { label: 'Yes or no', fresh: { name: 'boolean' } },
  date: { label: 'Day', fresh: { name: 'date' } },
  datetime: { label: 'Date and time', fresh: { name: 'datetime' } },
  values: { label: 'Translate values', fresh: { name: 'values', map: {}, otherwise: null } },
  regex: { label: 'Extract by pattern', fresh: { name: 'regex', pattern: '(\\d+)', group: 1 } },
  split: { label: 'Split, take a part', fresh: { name: 'split', separator: ',', index: 0 } },
  coalesce: { label: 'First that is known', fresh: { name: 'coalesce' } },
  concat: { label: 'Join', fresh: { name: 'concat', separator: ' ' } },
  state: { label: 'US state', fresh: { name: 'state' } },
  domain: { label: 'Domain', fresh: { name: 'domain' } },
  truncate: { label: 'Shorten', fresh: { name: 'truncate', length: 200 } },
  contains: { label: 'Contains a text', fresh: { name: 'contains', text: 'demo' } },
  matches: { label: 'Matches a pattern', fresh: { name: 'matches', pattern: '^demo' } },
};

export const transformNames = Object.keys(transformWords) as readonly TransformName[];

/** `Split, take a part “,” 0` */
export function transformText(transform: TransformForm): string {
  const { label } = transformWords[transform.name];
  switch (transform.name) {
    case 'values':
      return `${label} (${Object.keys(transform.map).length})`;
    case 'concat':
    case 'split':
      return `${label} “${transform.separator}”`;
    case 'truncate':
      return `${label} to ${transform.length}`;
    case 'contains':
      return `Contains “${transform.text}”`;
    case 'matches':
    case 'regex':
      return `${label} ${transform.pattern}`;
    default:
      return label;
  }
}

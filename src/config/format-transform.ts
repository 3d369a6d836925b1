import type { Transform } from '../model/mapping.ts';

/** As a file writes it: what `parseTransforms` reads back to the same conversion. */
export function formatTransform(transform: Transform): string | Readonly<Record<string, unknown>> {
  switch (transform.name) {
    case 'values':
      return { values: transform.map, otherwise: transform.otherwise };
    case 'regex':
      return { regex: transform.pattern, group: transform.group };
    case 'split':
      return { split: transform.separator, index: transform.index };
    case 'concat':
      return { concat: transform.separator };
    case 'truncate':
      return { truncate: transform.length };
    case 'contains':
      return { contains: transform.text };
    case 'matches':
      return { matches: transform.pattern };
    default:
      return transform.name;
  }
}

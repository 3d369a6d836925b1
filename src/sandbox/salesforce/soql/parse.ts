import { parseQuery, type Query } from '@jetstreamapp/soql-parser-js';
import { restError, type VendorError } from '../errors.ts';

/** Characters a statement may have. */
const MAX_SOQL = 100_000;

export function malformed(message: string): VendorError {
  return restError(400, 'MALFORMED_QUERY', message);
}

/** The word at which the parser gave up, as the vendor names it. */
function unexpected(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const token = /found: ?-*>? ?'?([^'\n]*)'?/.exec(message)?.[1]?.replace(/ <--.*$/, '') ?? '';
  return token === '' ? 'unexpected token: <EOF>' : `unexpected token: '${token}'`;
}

export function parseSoql(soql: string): Query {
  if (soql.length > MAX_SOQL)
    throw restError(
      400,
      'QUERY_TOO_COMPLICATED',
      'Query is either selecting too many fields or the filter conditions are too complicated.',
    );
  try {
    return parseQuery(soql);
  } catch (error) {
    throw malformed(unexpected(error));
  }
}

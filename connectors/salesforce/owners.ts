import {
  emptyPage,
  type FieldSchema,
  type PullBatch,
  type PullRequest,
  type SourceRecord,
} from 'leadloop/connector-sdk';
import { encodeCursor, listPosition } from './cursor.ts';
import { stampOf } from './decode.ts';
import { query } from './endpoints.ts';
import { pageSize } from './limits.ts';
import type { SalesforceObject } from './objects.ts';
import type { Session } from './session.ts';
import type { WireRecord } from './wire.ts';

/** What every connector calls the fields of an owner. */
export const ownerSchema: readonly FieldSchema[] = (['email', 'firstName', 'lastName', 'archived'] as const).map(
  (name) => ({
    name,
    label: name,
    type: name === 'archived' ? 'boolean' : 'text',
    options: [],
    readOnly: true,
    calculated: false,
    custom: false,
  }),
);

/** A snapshot: one call for up to 2,000 users, those who left among them, for old records still name them. */
export async function* pullOwners(
  { client }: Session,
  { object }: SalesforceObject,
  { since, signal }: PullRequest,
): AsyncGenerator<PullBatch, void, void> {
  let { after } = listPosition(since);
  do {
    const { records, done } = await query(client, soqlAfter(after), { all: false, signal });
    after = done && records.length < pageSize ? null : (records.at(-1)?.Id ?? null);
    yield {
      ...emptyPage,
      records: records.map((row) => ownerRecord(object, row)),
      cursor: encodeCursor({ kind: 'list', after }),
      done: after === null,
    };
  } while (after !== null);
}

/** Customers in a portal are users as well, and own nothing. */
function soqlAfter(after: string | null): string {
  const further = after === null ? '' : ` AND Id > '${after}'`;
  return (
    'SELECT Id, Email, FirstName, LastName, IsActive, SystemModstamp FROM User ' +
    `WHERE UserType = 'Standard'${further} ORDER BY Id LIMIT ${pageSize}`
  );
}

function ownerRecord(object: string, row: WireRecord): SourceRecord {
  const text = (name: string): string | null => {
    const value = row[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    object,
    externalId: row.Id,
    modifiedAt: new Date(stampOf(row) ?? 0),
    fields: {
      email: text('Email'),
      firstName: text('FirstName'),
      lastName: text('LastName'),
      archived: row['IsActive'] === false,
    },
    mergedIds: [],
    companyId: null,
    successor: null,
  };
}

import { TransientError } from 'leadloop/connector-sdk';
import { query, retrieve } from './endpoints.ts';
import { idsPerQuery, joinRounds } from './limits.ts';
import type { Session } from './session.ts';
import type { WireQuery, WireRecord } from './wire.ts';

/*
 * Rows with more columns than the URL of a query holds: a query brings those that we need ourselves, and sObject Collections
 * the others by id, whose list is in the body. Both have to show one state of the record: where the stamps differ, it has
 * changed in between, and both are read again. It keeps its place in the page, and the stamp it was found by: as what changed
 * it will come by its own stamp.
 */

export interface Split {
  readonly object: string;
  /** The statement for the columns that we need ourselves, the stamp among them. */
  readonly narrow: (condition: string) => string;
  /** The others. */
  readonly fields: readonly string[];
}

export async function wideRows(
  { client }: Session,
  { object, narrow, fields }: Split,
  { condition, signal }: { readonly condition: string; readonly signal: AbortSignal },
): Promise<WireQuery> {
  const ask = (what: string): Promise<WireQuery> => query(client, narrow(what), { all: true, signal });
  const page = await ask(condition);
  const whole = new Map<string, WireRecord>();
  let open = page.records.filter(({ IsDeleted }) => IsDeleted !== true);
  for (let round = 1; open.length > 0; round += 1) {
    const ids = open.map(({ Id }) => Id);
    const found = await retrieve(client, object, { ids, fields: ['Id', 'SystemModstamp', ...fields] }, signal);
    const others = new Map(found.flatMap((row) => (row === null ? [] : [[row.Id, row]])));
    const isTorn = ({ Id, SystemModstamp }: WireRecord): boolean => others.get(Id)?.SystemModstamp !== SystemModstamp;
    for (const row of open.filter((row) => !isTorn(row))) whole.set(row.Id, { ...others.get(row.Id), ...row });
    const torn = open.filter(isTorn).map(({ Id }) => Id);
    if (torn.length > 0 && round === joinRounds) throw restless();
    const again = await readAgain(torn, ask);
    for (const row of again) whole.set(row.Id, row);
    open = again.filter(({ IsDeleted }) => IsDeleted !== true);
  }
  const records = page.records.map((row) => ({ ...row, ...whole.get(row.Id), ...stampIn(row) }));
  return { ...page, records };
}

/** What is not there any more counts as deleted. */
async function readAgain(
  ids: readonly string[],
  ask: (condition: string) => Promise<WireQuery>,
): Promise<readonly WireRecord[]> {
  const rows = new Map<string, WireRecord>(ids.map((Id) => [Id, { Id, IsDeleted: true }]));
  for (let at = 0; at < ids.length; at += idsPerQuery) {
    const { records } = await ask(`Id IN ('${ids.slice(at, at + idsPerQuery).join("','")}')`);
    for (const row of records) rows.set(row.Id, row);
  }
  return [...rows.values()];
}

function stampIn({ SystemModstamp }: WireRecord): Pick<WireRecord, 'SystemModstamp'> {
  return SystemModstamp === undefined ? {} : { SystemModstamp };
}

function restless(): TransientError {
  return new TransientError('Records of Salesforce change faster than their many fields can be read.', {
    remedy: 'Map fewer fields of this object: 300 or so are read by one call.',
  });
}

import { PermissionError } from 'leadloop/connector-sdk';
import { query } from '../endpoints.ts';
import { idsPerQuery, pageSize } from '../limits.ts';
import { textAt } from './occurrences.ts';
import type { Session } from '../session.ts';
import type { WireRecord } from '../wire.ts';

/** An object in which Salesforce says who took part in something. */
interface Relation {
  readonly from: string;
  /** Its field with the id of the row. */
  readonly key: string;
  /** Rows about which it has more to say than the row itself. */
  readonly applies: (row: WireRecord) => boolean;
  /** The part that counts; null = each does. */
  readonly role: ((row: WireRecord) => string) | null;
}

/** A shared activity names one person itself; without Shared Activities there is no `WhoCount`, and no call is made. */
const shared = { applies: (row: WireRecord) => Number(row['WhoCount'] ?? 0) > 1, role: null };

/** DATA: where people are to be asked for. Who answered wrote the mail; who opened one is among those it went to. */
const relations: Readonly<Record<string, Relation>> = {
  Task: { ...shared, from: 'TaskWhoRelation', key: 'TaskId' },
  Event: { ...shared, from: 'EventWhoRelation', key: 'EventId' },
  EmailMessage: {
    from: 'EmailMessageRelation',
    key: 'EmailMessageId',
    applies: () => true,
    role: (row) => (row['Incoming'] === true ? 'FromAddress' : 'ToAddress'),
  },
};

/**
 * The leads and contacts behind rows, by the id of the row: those that its relations name, else its own. One call for up to
 * 200 rows that have relations.
 */
export async function participants(
  session: Session,
  object: string,
  { rows, signal }: { readonly rows: readonly WireRecord[]; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const relation = relations[object];
  const people = new Map(rows.map((row) => [row.Id, ownPeople(row)]));
  const asked = relation === undefined ? [] : rows.filter(relation.applies);
  if (relation === undefined || asked.length === 0) return people;
  const links = await related(session, relation, { ids: asked.map(({ Id }) => Id), signal }).catch(unlessHidden);
  const linksOf = Map.groupBy(links, (link) => textAt(link, relation.key));
  for (const row of asked) {
    const role = relation.role?.(row) ?? '';
    const named = (linksOf.get(row.Id) ?? []).filter((link) => textAt(link, 'RelationType') === role);
    const those = persons(named.map((link) => textAt(link, 'RelationId')));
    if (those.length > 0) people.set(row.Id, those);
  }
  return people;
}

async function related(
  { client }: Session,
  { from, key, role }: Relation,
  { ids, signal }: { readonly ids: readonly string[]; readonly signal: AbortSignal },
): Promise<readonly WireRecord[]> {
  const found: WireRecord[] = [];
  const columns = ['Id', key, 'RelationId', ...(role === null ? [] : ['RelationType'])].join(', ');
  for (let start = 0; start < ids.length; start += idsPerQuery) {
    const some = ids.slice(start, start + idsPerQuery).join("','");
    for (let after: string | null = ''; after !== null;) {
      const further: string = after === '' ? '' : ` AND Id > '${after}'`;
      const soql = `SELECT ${columns} FROM ${from} WHERE ${key} IN ('${some}')${further} ORDER BY Id LIMIT ${pageSize}`;
      const { records, done } = await query(client, soql, { all: false, signal });
      found.push(...records);
      after = done && records.length < pageSize ? null : (records.at(-1)?.Id ?? null);
    }
  }
  return found;
}

/** Without the right to see relations, the person of the row itself has to do. */
function unlessHidden(error: unknown): readonly never[] {
  if (error instanceof PermissionError) return [];
  throw error;
}

function ownPeople(row: WireRecord): readonly string[] {
  return persons(['LeadId', 'ContactId', 'WhoId', 'Activity.WhoId'].map((field) => textAt(row, field)));
}

/** Leads are 00Q, contacts 003; an activity may also be about an account, an e-mail be from a user. */
function persons(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.filter((id) => /^(00Q|003)/.test(id)))];
}

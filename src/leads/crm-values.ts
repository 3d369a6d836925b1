import { answerOf } from '../crm-answer.ts';
import type { SourceRecord } from '../model/records.ts';
import type { ExternalId, Fields, OrgId } from '../model/values.ts';
import type { LeadPush } from '../db/queries/lead-pushes.ts';

/** A record that is asked for, with the fields that we write. */
export type CrmPlace = Pick<
  LeadPush,
  'connectionId' | 'connection' | 'object' | 'externalId' | 'wanted' | 'runEndedAt'
>;

export interface CrmRequest {
  readonly object: string;
  readonly ids: readonly ExternalId[];
  readonly fields: readonly string[];
}

/** Opens the connection and reads through its connector. */
export type ReadCrm = (orgId: OrgId, connection: string, request: CrmRequest) => Promise<readonly SourceRecord[]>;

export interface ReadBack {
  /** By `keyOf`; a record that is gone from the CRM is absent. */
  readonly values: ReadonlyMap<string, Fields>;
  readonly readAt: Date | null;
  readonly problem: string | null;
}

/** Somebody may edit the CRM between two runs; a page that is looked at for long shows it after so many milliseconds. */
const maxAgeMs = 60_000;
/** Some pages' worth of records. */
const maxEntries = 2_000;

interface Entry {
  /** Null = the record is gone from the CRM. */
  readonly fields: Fields | null;
  readonly readAt: Date;
  /** The connection's latest run when it was read: a later one may have written. */
  readonly run: string;
}

/** What the CRM has, read at most once for each record, run and minute: a page that is left open costs next to no calls. */
export class CrmValues {
  readonly #read: ReadCrm;
  readonly #now: () => Date;
  readonly #entries = new Map<string, Entry>();

  constructor(read: ReadCrm, now: () => Date) {
    this.#read = read;
    this.#now = now;
  }

  async of(orgId: OrgId, rows: readonly CrmPlace[]): Promise<ReadBack> {
    if (this.#entries.size > maxEntries) this.#entries.clear();
    const stale = rows.filter((row) => !this.#isFresh(row));
    const groups = Map.groupBy(stale, (row) => `${row.connection} ${row.object}`).values();
    // At once, and each for itself: somebody waits, and one CRM that is down says nothing about another.
    const problems = await Promise.all(Array.from(groups, (group) => this.#fill(orgId, group)));
    const known = rows.flatMap((row) => {
      const entry = this.#entries.get(keyOf(row));
      return entry === undefined ? [] : [[keyOf(row), entry] as const];
    });
    return {
      values: new Map(known.flatMap(([key, { fields }]) => (fields === null ? [] : [[key, fields] as const]))),
      readAt: known.map(([, entry]) => entry.readAt).sort((left, right) => left.getTime() - right.getTime())[0] ?? null,
      problem: problems.find((problem) => problem !== null) ?? null,
    };
  }

  #isFresh(row: CrmPlace): boolean {
    const entry = this.#entries.get(keyOf(row));
    if (entry === undefined || entry.run !== runOf(row)) return false;
    return this.#now().getTime() - entry.readAt.getTime() < maxAgeMs;
  }

  /** Resolves with what went wrong: the page then shows what we know ourselves. */
  async #fill(orgId: OrgId, rows: readonly CrmPlace[]): Promise<string | null> {
    const [first] = rows;
    if (first === undefined) return null;
    const readAt = this.#now();
    const wish = {
      object: first.object,
      ids: rows.map(({ externalId }) => externalId),
      fields: [...new Set(rows.flatMap(({ wanted }) => Object.keys(wanted)))],
    };
    const { answer, unanswered } = await answerOf(() => this.#read(orgId, first.connection, wish));
    if (unanswered !== null) {
      for (const row of rows) this.#entries.delete(keyOf(row));
      return unanswered.message;
    }
    const found = new Map(answer.map((record) => [record.externalId, record.fields]));
    for (const row of rows) {
      this.#entries.set(keyOf(row), { fields: found.get(row.externalId) ?? null, readAt, run: runOf(row) });
    }
    return null;
  }
}

export function keyOf({
  connectionId,
  object,
  externalId,
}: Pick<CrmPlace, 'connectionId' | 'object' | 'externalId'>): string {
  return `${connectionId} ${object} ${externalId}`;
}

function runOf({ runEndedAt }: CrmPlace): string {
  return runEndedAt?.toISOString() ?? 'under way';
}

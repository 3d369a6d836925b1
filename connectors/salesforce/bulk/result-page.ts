import type { SalesforceClient } from '../client.ts';
import { BrokenResultsError, csvRows } from './csv.ts';
import type { BulkPosition } from '../cursor.ts';
import { openPage } from './jobs.ts';

export type Line = readonly string[];

/** A page of what a bulk job has found, while it comes. */
export interface ResultPage {
  readonly header: Line;
  /** The next page; null = this is the last. */
  readonly following: string | null;
  /** Up to so many lines, and whether they were the last ones. @throws BrokenResultsError, TransientError */
  take(most: number): Promise<{ readonly lines: readonly Line[]; readonly isOver: boolean }>;
  /** Lets the rest go. */
  close(): Promise<void>;
}

/** Opens a page behind the lines of it that were taken before. */
export async function openResults(
  client: SalesforceClient,
  { job: id, locator, taken }: BulkPosition,
  signal: AbortSignal,
): Promise<ResultPage> {
  const { body, headers } = await openPage(client, { id, locator }, signal);
  const rows = csvRows(body);
  const sent = headers['sforce-numberofrecords'];
  let seen = -1;
  const advance = async (): Promise<Line | null> => {
    const { done, value } = await rows.next();
    if (done !== true) {
      seen += 1;
      return value;
    }
    // A proxy may take the header away, and nothing at all has no header line either.
    if (sent !== undefined && Number(sent) !== Math.max(0, seen)) throw cut();
    return null;
  };

  const header = (await advance()) ?? [];
  for (let skipped = 0; skipped < taken; skipped += 1) if ((await advance()) === null) throw cut();
  // Always one ahead: the last lines shall know that they are.
  let ahead = header.length === 0 ? null : await advance();
  return {
    header,
    following: locatorIn(headers),
    async take(most) {
      const lines: Line[] = [];
      for (; ahead !== null && lines.length < most; ahead = await advance()) lines.push(ahead);
      return { lines, isOver: ahead === null };
    },
    async close() {
      await rows.return();
    },
  };
}

/** The last page says `null`, as a word (docs, get results). */
function locatorIn(headers: Readonly<Record<string, string>>): string | null {
  const locator = headers['sforce-locator'] ?? '';
  return locator === '' || locator === 'null' ? null : locator;
}

function cut(): BrokenResultsError {
  return new BrokenResultsError('Salesforce has sent another number of rows than it says.');
}

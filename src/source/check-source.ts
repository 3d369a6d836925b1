import type { CheckFinding } from '../connector-sdk/connector.ts';
import { readRow } from '../ingest/read-row.ts';
import { AppError } from '../model/errors.ts';
import { rowOf } from './columns.ts';
import { type OpenSource, openSource, type SourceServices } from './open-source.ts';
import type { SourceName } from './run-source.ts';

export interface SourceCheck {
  readonly name: string;
  readonly findings: readonly CheckFinding[];
}

const sampleRows = 100;

/** Whether the database lets us in, takes the query, and answers with rows that can be used. Takes nothing in. */
export async function checkSource(
  services: SourceServices,
  name: SourceName,
  signal: AbortSignal,
): Promise<SourceCheck> {
  try {
    await using open = await openSource(services, name, { full: false, signal });
    const columns = {
      level: 'ok',
      subject: 'query',
      message: `answers with ${open.rows.columns.join(', ')}`,
      remedy: '',
    };
    return { name: name.name, findings: [columns as CheckFinding, await rowFinding(open, services.now())] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, remedy } = error;
    return { name: name.name, findings: [{ level: 'failure', subject: code, message, remedy }] };
  }
}

async function rowFinding({ kind, fields, rows }: OpenSource, now: Date): Promise<CheckFinding> {
  const { rows: sample } = await rows.next(sampleRows);
  const read = sample.map((values) => readRow(kind, rowOf(fields, values), now));
  const problems = read.flatMap((one) => ('rejection' in one ? [one.rejection] : []));
  const [first] = problems;
  if (first === undefined) {
    const message = sample.length === 0 ? 'nothing new' : `the first ${sample.length} can be used`;
    return { level: 'ok', subject: 'rows', message, remedy: '' };
  }
  const message = `${problems.length} of the first ${sample.length} cannot be used: ${first.message}`;
  return {
    level: 'warning',
    subject: 'rows',
    message,
    remedy: 'Convert the value in the query, or leave such rows out.',
  };
}

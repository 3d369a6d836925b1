import type { WriteContext } from '../write/write.ts';
import { csvLine, headLine, parseCsv, type CsvFormat } from './csv.ts';
import { ingest, unknownColumn, type IngestOrder } from './ingest.ts';

export interface IngestResults {
  successful: string;
  failed: string;
  unprocessed: string;
  processed: number;
  failures: number;
  /** Why the whole job failed. */
  error?: string;
}

/** Carries out a job of Bulk API 2.0. Results come in an order of their own. */
export function runIngest(context: WriteContext, order: IngestOrder, csv: string, format: CsvFormat): IngestResults {
  const [columns = [], ...rows] = parseCsv(csv, format);
  const sheet = { columns, rows };
  const line = (cells: readonly string[]): string => csvLine(cells, format);
  const successful = [headLine(['sf__Id', 'sf__Created'], columns, format)];
  const failed = [headLine(['sf__Id', 'sf__Error'], columns, format)];
  const unknown = unknownColumn(context, order.object, sheet);
  if (unknown !== undefined) {
    const unprocessed = [columns, ...rows].map(line).join('');
    const error = `InvalidBatch : Field name not found : ${unknown}`;
    return { successful: successful.join(''), failed: failed.join(''), unprocessed, processed: 0, failures: 0, error };
  }
  const outcomes = ingest(context, order, sheet).map((outcome, at) => ({ ...outcome, cells: rows[at] ?? [] }));
  for (const { id, created, cells } of outcomes.filter(({ error }) => error === undefined).toReversed()) {
    successful.push(line([id, String(created), ...cells]));
  }
  for (const { id, error, cells } of outcomes) {
    if (error !== undefined) failed.push(line([id, error, ...cells]));
  }
  return {
    successful: successful.join(''),
    failed: failed.join(''),
    unprocessed: line(columns),
    processed: rows.length,
    failures: failed.length - 1,
  };
}

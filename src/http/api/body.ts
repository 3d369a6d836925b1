/** PURE. What was sent → rows, each by itself: one that cannot be read stops no other. */
import { hash } from 'node:crypto';
import { maxRows } from '../../ingest/ingest-rows.ts';
import { rowOfLine, type SourceRow } from '../../ingest/source-row.ts';
import { tooMany, unreadable } from './problem.ts';

export interface SentRows {
  readonly rows: readonly SourceRow[];
  readonly bodyHash: string;
}

export const bodyTypes = { json: 'application/json', ndjson: 'application/x-ndjson' } as const;

/** @throws AppError `body-unreadable`, `too-many-rows` (fix-config) */
export function readJson(body: Buffer): SentRows {
  const rows = listOf(parsed(textOf(body)));
  if (rows.length > maxRows) throw tooMany();
  return { rows: rows.map((value) => ({ value })), bodyHash: hash('sha256', body) };
}

/** Empty lines are none. @throws AppError `body-unreadable`, `too-many-rows` (fix-config) */
export function readNdjson(body: Buffer): SentRows {
  const lines = textOf(body)
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (lines.length > maxRows) throw tooMany();
  return { rows: lines.map(rowOfLine), bodyHash: hash('sha256', body) };
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw unreadable('The body is not UTF-8.');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('The body is no JSON.');
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && 'rows' in value && Array.isArray(value.rows)) return value.rows;
  throw unreadable('The body is neither a list of rows nor { "rows": […] }.');
}

import { didYouMean } from '../../config/problems.ts';
import { type ImportFormat, importFormats } from '../../ingest/file/format.ts';
import { type IngestKind, ingestKinds, isIngestKind } from '../../ingest/rows.ts';
import { AppError, exitCodes } from '../../model/errors.ts';
import type { ImportReport } from '../app-port.ts';
import type { Command, ExitCode, Invocation } from '../command.ts';
import { renderImportReport } from '../render/import-report.ts';
import { importSource } from './import-source.ts';

export const importCommand: Command = {
  usage: 'import [kind] [file]',
  summary: `take in a file of ${ingestKinds.join(', ')}, or what is new of a source`,
  description:
    'CSV whose first line names the fields, NDJSON (one row a line) or a JSON list, of any length; - is what comes in. ' +
    'Rows that say what is known already change nothing, so a run that was stopped is simply repeated. A row that cannot be ' +
    'used is left out and written to a file, with its reason. --source reads a source of the configuration instead.',
  options: [
    ['--org <slug>', 'the organisation, where there are several'],
    ['--format <format>', `${importFormats.join(', ')} (default: by the name of the file, else by how it begins)`],
    ['--rejected <file>', 'where rejected rows go (default: the file’s name and .rejected.ndjson)'],
    ['--dry-run', 'say what would come of each row, write the rejected ones to their file, and change nothing else'],
    ['--source <name>', 'instead of a file: what a query of the configuration (`sources`) has to say'],
    ['--full', 'of a source: everything, not only what is new'],
  ],
  examples: [
    'leadloop import signups signups.csv',
    'leadloop import usage - --format ndjson --org acme < usage.ndjson',
    'leadloop import --source product-usage',
  ],
  async run(app, invocation) {
    const { io, arguments: given, options, signal } = invocation;
    const [kind, path] = given;
    const source = textOf(options, 'source');
    if (source !== null && kind === undefined) {
      refuse(options, ofFiles, 'A source is read as it is: leadloop check NAME tries it and changes nothing.');
      return importSource(app, invocation, source);
    }
    refuse(options, ofSources, 'A file is always read from its beginning.');
    if (source !== null || kind === undefined || path === undefined) throw incomplete();
    const chosen = kindOf(kind);
    const report = await io.reporting((onProgress) =>
      app.import({
        kind: chosen,
        path,
        stdin: process.stdin,
        org: textOf(options, 'org'),
        format: formatOf(options),
        dryRun: options['dryRun'] === true,
        rejectedPath: textOf(options, 'rejected') ?? rejectedPath(chosen, path),
        signal,
        onProgress,
      }),
    );
    io.answer(report, renderImportReport);
    return exitOf(report);
  },
};

const ofFiles = ['format', 'rejected', 'dryRun'];
const ofSources = ['full'];

/** What would be ignored is refused: somebody relies on it. */
function refuse(options: Invocation['options'], names: readonly string[], remedy: string): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const flag = given.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
  throw new AppError('usage', `--${flag} does not go with this import.`, { recovery: 'fix-config', remedy });
}

function incomplete(): AppError {
  return new AppError('usage', 'Name what to import: a kind and a file, or a source alone.', {
    recovery: 'fix-config',
    remedy: 'Run: leadloop import --help',
  });
}

function exitOf({ isStopped, rejected }: ImportReport): ExitCode {
  if (isStopped) return exitCodes.failed;
  return rejected > 0 ? exitCodes.partial : exitCodes.done;
}

/** Beside the file; of what comes in, in the working directory. */
function rejectedPath(kind: IngestKind, path: string): string {
  return `${path === '-' ? kind : path}.rejected.ndjson`;
}

function kindOf(text: string): IngestKind {
  if (isIngestKind(text)) return text;
  const meant = didYouMean(text, ingestKinds);
  throw new AppError('usage', `"${text}" is no kind of rows.`, {
    recovery: 'fix-config',
    remedy: meant === null ? `Give one of: ${ingestKinds.join(', ')}.` : `Did you mean ${meant}?`,
  });
}

function formatOf(options: Invocation['options']): ImportFormat | null {
  const text = textOf(options, 'format');
  const format = importFormats.find((known) => known === text);
  if (text === null || format !== undefined) return format ?? null;
  throw new AppError('usage', `"${text}" is no format.`, {
    recovery: 'fix-config',
    remedy: `Give one of: ${importFormats.join(', ')}.`,
  });
}

function textOf(options: Invocation['options'], name: string): string | null {
  return typeof options[name] === 'string' ? options[name] : null;
}

import type { Command } from '../command.ts';
import { exitOf } from '../exit.ts';
import { renderSyncReport } from '../render/sync-report.ts';

export const syncCommand: Command = {
  usage: 'sync <connection>',
  summary: 'pull what changed, rescore it, and push the scores back',
  description:
    'A run that is interrupted or stopped by a limit goes on where it stopped when it is started again. Ctrl-C ends it after ' +
    'the batch under way; a second Ctrl-C at once.',
  options: [
    ['--full', 'read everything again, not only what changed'],
    ['--accept-missing', 'believe a full pass that misses many records: they were deleted on purpose'],
    ['--pull-only', 'write nothing into the CRM'],
    ['--dry-run', 'plan the writes and do not send them'],
  ],
  examples: ['leadloop sync acme-hubspot', 'leadloop sync acme-salesforce --full --pull-only'],
  async run(app, { io, arguments: [connection = ''], options, signal }) {
    const report = await io.reporting((onProgress) =>
      app.sync(connection, {
        full: options['full'] === true,
        acceptMissing: options['acceptMissing'] === true,
        pullOnly: options['pullOnly'] === true,
        dryRun: options['dryRun'] === true,
        signal,
        onProgress,
      }),
    );
    io.answer(report, renderSyncReport);
    return exitOf(report);
  },
};

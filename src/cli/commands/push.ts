import type { Command } from '../command.ts';
import { exitOf } from '../exit.ts';
import { renderSyncReport } from '../render/sync-report.ts';

export const pushCommand: Command = {
  usage: 'push <connection>',
  summary: 'write what is waiting into the CRM, without a pull',
  description: 'See first what it would write: leadloop plan CONNECTION',
  examples: ['leadloop push acme-hubspot'],
  async run(app, { io, arguments: [connection = ''], signal }) {
    const progress = io.progress();
    try {
      const report = await app.push(connection, { signal, onProgress: progress.report });
      progress.end();
      io.answer(report, renderSyncReport);
      return exitOf(report);
    } finally {
      progress.end();
    }
  },
};

import type { Command } from '../command.ts';
import { exitOf } from '../exit.ts';
import { renderSyncReport } from '../render/sync-report.ts';

export const pushCommand: Command = {
  usage: 'push <connection>',
  summary: 'write what is waiting into the CRM, without a pull',
  description: 'See first what it would write: leadloop plan CONNECTION',
  examples: ['leadloop push acme-hubspot'],
  async run(app, { io, arguments: [connection = ''], signal }) {
    const report = await io.reporting((onProgress) => app.push(connection, { signal, onProgress }));
    io.answer(report, renderSyncReport);
    return exitOf(report);
  },
};

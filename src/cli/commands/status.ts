import { exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { renderStatus } from '../render/status.ts';

export const statusCommand: Command = {
  usage: 'status',
  summary: 'show how every connection and source stands: health, pauses, last and next run, what waits',
  description:
    'Asks the database only, no CRM. Exits 0 when all is well, and 1 when something needs a person: a connection or a source ' +
    'that keeps failing or whose credentials were refused, a push that is held, alerts that reached nobody, a queue that no ' +
    'worker looks at. ' +
    'So a cron job can watch it. What a person has paused is shown and is no reason to exit 1.',
  options: [['--org <slug>', 'only this organisation']],
  examples: ['leadloop status', 'leadloop status --org acme', 'leadloop status --json | jq .needsPerson'],
  async run(app, { io, options }) {
    const report = await app.status(typeof options['org'] === 'string' ? options['org'] : null);
    io.answer(report, renderStatus);
    return report.needsPerson.length === 0 ? exitCodes.done : exitCodes.failed;
  },
};

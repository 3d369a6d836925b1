import { exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';

export const migrateCommand: Command = {
  usage: 'migrate',
  summary: 'bring the database to the schema of this version',
  description: 'Safe to run at any time, by several processes at once: a schema that is current stays as it is.',
  examples: ['leadloop migrate'],
  async run(app, { io }) {
    const migrations = await app.migrate();
    io.answer({ migrations }, () =>
      migrations.length === 0 ? 'the schema is current' : migrations.map((name) => `ran ${name}`).join('\n'),
    );
    return exitCodes.done;
  },
};

import { exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { renderChanges } from '../render/changes.ts';

export const applyCommand: Command = {
  usage: 'apply [file]',
  summary: 'make the database what a configuration file says, and print the difference',
  description:
    'Organisations, connections, mappings and profiles. A second time it changes nothing. What the file does not name is left ' +
    'alone and reported. FILE is by default that of --config. A dry run needs no secrets.',
  options: [['--dry-run', 'print the difference and change nothing']],
  examples: ['leadloop apply config/leadloop.yaml --dry-run', 'leadloop apply config/leadloop.yaml'],
  async run(app, { io, arguments: [file], options, configFile }) {
    const dryRun = options['dryRun'] === true;
    const changes = await app.apply(file ?? configFile, { dryRun });
    io.answer({ dryRun, changes }, ({ changes }, style) => renderChanges(changes, style));
    if (dryRun) io.note('Nothing has been changed: this was a dry run.');
    return exitCodes.done;
  },
};

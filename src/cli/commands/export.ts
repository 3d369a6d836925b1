import { exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';

export const exportCommand: Command = {
  usage: 'export',
  summary: 'print the configuration that is in force, as YAML',
  description:
    'What `apply` accepts again without a difference. Secrets are never printed, only where they came from. With --json the ' +
    'YAML is the text `yaml` of the document.',
  examples: ['leadloop export > backup.yaml'],
  async run(app, { io }) {
    io.answer({ yaml: await app.export() }, ({ yaml }) => yaml.trimEnd());
    return exitCodes.done;
  },
};

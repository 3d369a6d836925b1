import { exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { renderFindings } from '../render/findings.ts';

export const doctorCommand: Command = {
  usage: 'doctor',
  summary: 'find out what keeps leadloop from running, each with a remedy to paste',
  description:
    'Looks at the database (version, settings, connections left), clock, schema, keys, stuck locks and runs, refused writes and ' +
    'alerts, and asks every CRM for credentials, rights, quota and mapped fields, thirty seconds each at most. Writes nothing. ' +
    'Exits 1 where something fails; a warning does not.',
  options: [['--offline', 'ask no CRM']],
  examples: ['leadloop doctor', 'leadloop doctor --offline', 'leadloop doctor --json'],
  async run(app, { io, options, signal }) {
    const findings = await app.doctor({ isOffline: options['offline'] === true, signal });
    io.answer({ findings }, ({ findings }, style) => renderFindings(findings, style));
    return findings.some(({ level }) => level === 'failure') ? exitCodes.failed : exitCodes.done;
  },
};

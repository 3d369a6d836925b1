import { exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { renderFindings } from '../render/findings.ts';

export const doctorCommand: Command = {
  usage: 'doctor',
  summary: 'find out whether this machine can run leadloop: database, schema, keys, configuration',
  description: 'For the CRM itself: leadloop check',
  examples: ['leadloop doctor'],
  async run(app, { io, signal }) {
    const findings = await app.doctor(signal);
    io.answer({ findings }, ({ findings }, style) => renderFindings(findings, style));
    return findings.some(({ level }) => level === 'failure') ? exitCodes.failed : exitCodes.done;
  },
};

import { exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { renderCheckReport } from '../render/findings.ts';

export const checkCommand: Command = {
  usage: 'check [connection]',
  summary: 'try credentials, rights, fields, mapping and quota against the CRM',
  description: 'Every failure comes with its remedy. Exits 1 where something fails; a warning does not.',
  examples: ['leadloop check', 'leadloop check acme-salesforce', 'leadloop check acme-hubspot --json'],
  async run(app, { io, arguments: [connection], signal }) {
    const report = await app.check(connection ?? null, signal);
    io.answer(report, renderCheckReport);
    const isBad = report.connections.some(
      ({ findings, mapping }) =>
        findings.some(({ level }) => level === 'failure') ||
        (mapping ?? []).some(({ severity }) => severity === 'pauses'),
    );
    return isBad ? exitCodes.failed : exitCodes.done;
  },
};

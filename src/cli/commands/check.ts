import { exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { renderCheckReport } from '../render/findings.ts';

export const checkCommand: Command = {
  usage: 'check [name]',
  summary: 'try credentials, rights, fields, mapping and quota against the CRM, and the queries of sources',
  description: 'Every failure comes with its remedy. Exits 1 where something fails; a warning does not.',
  examples: ['leadloop check', 'leadloop check acme-salesforce', 'leadloop check product-usage --json'],
  async run(app, { io, arguments: [name], signal }) {
    const report = await app.check(name ?? null, signal);
    io.answer(report, renderCheckReport);
    const { connections, sources } = report;
    const isBad = [...connections, ...sources].some(({ findings }) =>
      findings.some(({ level }) => level === 'failure'),
    );
    const isPaused = connections.some(({ mapping }) => (mapping ?? []).some(({ severity }) => severity === 'pauses'));
    return isBad || isPaused ? exitCodes.failed : exitCodes.done;
  },
};

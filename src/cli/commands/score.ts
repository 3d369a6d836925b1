import { loadProfileFile } from '../../config/load-profiles.ts';
import { AppError, exitCodes } from '../../model/errors.ts';
import type { App } from '../app-port.ts';
import type { Command, ExitCode, Invocation } from '../command.ts';
import { renderScorePreview } from '../render/score-preview.ts';
import { grouped, table } from '../text.ts';

export const scoreCommand: Command = {
  usage: 'score <action> [file]',
  summary:
    '`score preview FILE`: what a changed profile would do before it is applied; `score run`: score everything anew',
  description:
    'preview scores every lead (or every signup, for a profile of the kind plg) with the profile of FILE and changes nothing: ' +
    'the distribution before and after, and who would cross into MQL. run brings every score to the present profiles and ' +
    'the present day, as the next sync would: old signals count less each day.',
  options: [['--org <slug>', 'the organisation, where there are several']],
  examples: ['leadloop score preview config/profiles/mql.yaml', 'leadloop score run'],
  async run(app, invocation) {
    const [action, file] = invocation.arguments;
    if (action === 'preview' && file !== undefined) return preview(app, invocation, file);
    if (action === 'run' && file === undefined) return run(app, invocation);
    throw unknownAction(action ?? '');
  },
};

async function preview(app: App, { io, options, signal }: Invocation, file: string): Promise<ExitCode> {
  const profile = await loadProfileFile(file);
  const preview = await io.reporting((onProgress) =>
    app.scorePreview(profile, { org: orgOf(options), signal, onProgress }),
  );
  io.answer(preview, renderScorePreview);
  return exitCodes.done;
}

async function run(app: App, { io, options, signal }: Invocation): Promise<ExitCode> {
  const scored = await io.reporting((onProgress) => app.scoreRun({ org: orgOf(options), signal, onProgress }));
  io.answer({ scored }, ({ scored }, style) =>
    scored.length === 0
      ? 'There is no organisation yet: leadloop apply makes one.'
      : table([
          ['organisation', 'signups', 'leads'].map(style.dim),
          ...scored.map(({ org, signups, leads }) => [org, grouped(signups), grouped(leads)]),
        ]),
  );
  return exitCodes.done;
}

function orgOf(options: Invocation['options']): string | null {
  return typeof options['org'] === 'string' ? options['org'] : null;
}

function unknownAction(action: string): AppError {
  return new AppError('usage', `There is no "score ${action}", or it lacks its file.`, {
    recovery: 'fix-config',
    remedy: 'Run: leadloop score preview FILE, or: leadloop score run',
  });
}

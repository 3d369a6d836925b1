import { loadProfileFile } from '../../config/load-profiles.ts';
import { AppError, exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { renderScorePreview } from '../render/score-preview.ts';

export const scoreCommand: Command = {
  usage: 'score <action> <file>',
  summary: '`score preview FILE`: what a changed profile would do to all leads, before it is applied',
  description:
    'Scores every lead with the profile of FILE and changes nothing: the distribution before and after, and who would cross into MQL.',
  options: [['--org <slug>', 'the organisation, where there are several']],
  examples: ['leadloop score preview config/profiles/mql.yaml'],
  async run(app, { io, arguments: [action, file = ''], options, signal }) {
    if (action !== 'preview') throw unknownAction(action ?? '');
    const profile = await loadProfileFile(file);
    const org = typeof options['org'] === 'string' ? options['org'] : null;
    const progress = io.progress();
    try {
      const preview = await app.scorePreview(profile, { org, signal, onProgress: progress.report });
      progress.end();
      io.answer(preview, renderScorePreview);
      return exitCodes.done;
    } finally {
      progress.end();
    }
  },
};

function unknownAction(action: string): AppError {
  return new AppError('usage', `There is no "score ${action}".`, {
    recovery: 'fix-config',
    remedy: 'Run: leadloop score preview FILE',
  });
}

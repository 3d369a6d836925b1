import { AppError, exitCodes } from '../../model/errors.ts';
import type { PauseWish } from '../app-port.ts';
import type { Command, Invocation } from '../command.ts';
import { renderPause } from '../render/pause.ts';

export const pauseCommand: Command = {
  usage: 'pause [name]',
  summary: 'keep a connection, a source or everything of an organisation from running, until `resume`',
  description:
    'Takes effect at once, in every daemon, without a restart. A read that is under way goes to its end; a write is not begun ' +
    'any more. While the push is paused, everything is still read, scored and planned. Commands that a person runs (sync, push) ' +
    'keep to a pause as well, and end with 75.',
  options: [
    ['--org <slug>', 'the organisation, where there are several'],
    ['--pull', 'only what is read from the CRM'],
    ['--push', 'only what is written into the CRM'],
    ['--reason <text>', 'why, for whoever looks at `leadloop status`; no names of people'],
  ],
  examples: [
    'leadloop pause acme-hubspot --push --reason "sales cleans up until Friday"',
    'leadloop pause product-usage',
    'leadloop pause --org acme',
  ],
  async run(app, { io, options, ...invocation }) {
    const reason = typeof options['reason'] === 'string' ? options['reason'].trim() : '';
    if (reason.length > longestReason) throw tooLong();
    const wish = wishOf({ options, ...invocation });
    io.answer(await app.pause({ ...wish, reason: reason === '' ? null : reason }), renderPause);
    return exitCodes.done;
  },
};

/** As long as a message: it is shown on one line. */
const longestReason = 200;

/** What `pause` and `resume` name. Both directions named = both. */
export function wishOf({ arguments: [name], options }: Pick<Invocation, 'arguments' | 'options'>): PauseWish {
  const [pull, push] = [options['pull'] === true, options['push'] === true];
  return {
    name: name ?? null,
    org: typeof options['org'] === 'string' ? options['org'] : null,
    direction: pull === push ? 'all' : pull ? 'pull' : 'push',
  };
}

function tooLong(): AppError {
  return new AppError('usage', `--reason is longer than ${longestReason} characters.`, {
    recovery: 'fix-config',
    remedy: 'Say it in one line.',
  });
}

import { exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { renderResume } from '../render/pause.ts';
import { wishOf } from './pause.ts';

export const resumeCommand: Command = {
  usage: 'resume [name]',
  summary: 'take a pause back, and have what waits after failures tried at the next tick',
  description:
    'Without --pull or --push a connection or a source that keeps failing, or whose credentials were refused, is tried at the ' +
    'next tick instead of later. New credentials that come by `leadloop apply` do so by themselves. A source that is called as ' +
    'a connection is: sources/NAME.',
  options: [
    ['--org <slug>', 'the organisation, where there are several'],
    ['--pull', 'only reading goes on'],
    ['--push', 'only writing goes on'],
  ],
  examples: [
    'leadloop resume acme-hubspot',
    'leadloop resume acme-hubspot --push',
    'leadloop resume sources/product-usage',
    'leadloop resume --org acme',
  ],
  async run(app, { io, ...invocation }) {
    io.answer(await app.resume(wishOf(invocation)), renderResume);
    return exitCodes.done;
  },
};

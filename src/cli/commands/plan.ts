import { exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { renderPushPlan } from '../render/push-plan.ts';

export const planCommand: Command = {
  usage: 'plan <connection>',
  summary: 'show what a push would write: record, field, before → after, why, and the price',
  description: 'Writes nothing. The plan is made by the same code as the push itself.',
  examples: ['leadloop plan acme-hubspot', 'leadloop plan acme-hubspot --json'],
  async run(app, { io, arguments: [connection = ''], signal }) {
    io.answer(await app.plan(connection, { signal }), renderPushPlan);
    return exitCodes.done;
  },
};

import { AppError, exitCodes } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { renderExplanation } from '../render/explanation.ts';

export const explainCommand: Command = {
  usage: 'explain <lead>',
  summary: 'show every point of a lead, why it is MQL or is not, and what the CRM has',
  description: 'LEAD is our id, an e-mail address, or the id of its record in the CRM.',
  examples: ['leadloop explain jane@district.example', 'leadloop explain 501', 'leadloop explain 00Qak000000000VEAQ'],
  async run(app, { io, arguments: [lead = ''], signal }) {
    const explanation = await app.explain(lead, signal);
    if (explanation === null) throw unknownLead();
    io.answer(explanation, renderExplanation);
    return exitCodes.done;
  },
};

// The message does not repeat what was asked for: it may be an e-mail address, and messages are logged.
function unknownLead(): AppError {
  return new AppError('lead-unknown', 'There is no such lead.', {
    recovery: 'fix-config',
    remedy: 'Give our id, an e-mail address, or the id of the CRM; a new record appears after the next sync.',
  });
}

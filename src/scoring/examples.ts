/** PURE. Scores somebody made up: everything that is said of them has been seen at this very instant. */
import { counterEvents, type DatedEvent } from '../model/engagement.ts';
import type { LeadFacts, ScoreBreakdown } from '../model/score.ts';
import type { Fields } from '../model/values.ts';
import { type CompiledProfile } from './compile.ts';
import { isCounter } from './decay.ts';
import { knownFacts } from './known-facts.ts';
import { scoreLead } from './score.ts';
import { amountOf } from './values.ts';

export function scoreExample(profile: CompiledProfile, facts: Fields, at: Date): ScoreBreakdown {
  return scoreLead(profile, seenAt(facts, profile, at), at);
}

function seenAt(values: Fields, { definition: { kind } }: CompiledProfile, at: Date): LeadFacts {
  const { isDated } = knownFacts(kind);
  const amount = (fact: string): number => amountOf(values[fact] ?? null) ?? Number(values[fact] === true);
  const events = Object.keys(values)
    .filter(isCounter)
    .map((fact): DatedEvent => ({ leadId: '', type: counterEvents[fact], occurredAt: at, quantity: amount(fact) }));
  return {
    leadId: '',
    values,
    events: events.filter(({ quantity }) => quantity > 0),
    dated: (fact) =>
      kind === 'plg' && isDated(fact) && (values[fact] ?? null) !== null
        ? [{ at, quantity: amountOf(values[fact] ?? null) ?? 1 }]
        : [],
  };
}

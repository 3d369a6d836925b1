/** PURE. Whether event rules look where something is. */
import type { ObjectCapability } from '../connector-sdk/index.ts';
import type { DefinitionProblem, EventRule } from '../model/mapping.ts';
import { didYouMean } from './problems.ts';

type Source = Pick<ObjectCapability, 'object' | 'eventTexts'>;

/** The objects that event rules apply to. */
export function eventSources<One extends Source>(objects: readonly One[]): readonly One[] {
  return objects.filter(({ eventTexts }) => eventTexts.length > 0);
}

/** A rule that looks where nothing is would never match, and say nothing of it. */
export function eventSourceProblems(
  objects: readonly Source[],
  events: readonly Pick<EventRule, 'object' | 'contains'>[],
): readonly DefinitionProblem[] {
  const texts = new Map(eventSources(objects).map(({ object, eventTexts }) => [object, eventTexts]));
  return events.flatMap(({ object, contains }, index): readonly DefinitionProblem[] => {
    const known = texts.get(object);
    if (known === undefined) {
      const remedy = suggestion(object, [...texts.keys()], 'Event rules apply to');
      return [{ path: `events[${index}].object`, message: `no event rule applies to "${object}"`, remedy }];
    }
    const fields = typeof contains === 'string' ? [] : Object.keys(contains);
    return fields
      .filter((field) => !known.includes(field))
      .map((field) => ({
        path: `events[${index}].contains["${field}"]`,
        message: `${object} has no text "${field}" for rules`,
        remedy: suggestion(field, known, 'A rule may look at'),
      }));
  });
}

/** What was meant, and what there is. */
export function suggestion(word: string, known: readonly string[], introduction: string): string {
  const meant = didYouMean(word, known);
  return `${meant === null ? '' : `Did you mean "${meant}"? `}${introduction}: ${known.join(', ')}.`;
}

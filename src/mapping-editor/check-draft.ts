/** What is wrong with a mapping that is being edited: by itself, and against the CRM as it is now. */
import { eventSourceProblems } from '../config/event-sources.ts';
import type { Session } from '../connection.ts';
import type { ConnectorDefinition } from '../connector-sdk/connector.ts';
import { answerOf, type Unanswered } from '../crm-answer.ts';
import { compileMapping } from '../mapping/compile.ts';
import { validateMapping } from '../mapping/validate.ts';
import type { DefinitionProblem, MappingDefinition, MappingProblem } from '../model/mapping.ts';
import { holdAgainstCrm } from '../pull/prepare.ts';
import { kindsOf } from './open-mapping.ts';
import type { FieldUse, FieldUses } from './uses.ts';

export interface DraftCheck {
  /** With any of these it cannot be published. */
  readonly mistakes: readonly DefinitionProblem[];
  /** Null = the CRM could not be asked. */
  readonly problems: readonly MappingProblem[] | null;
  readonly unanswered: Unanswered | null;
}

/** Opens a session with the connection, for as long as `work` takes. */
export type WithSession = <T>(work: (session: Session, signal: AbortSignal) => Promise<T>) => Promise<T>;

export async function checkDraft(
  connector: ConnectorDefinition,
  definition: MappingDefinition,
  withSession: WithSession,
): Promise<DraftCheck> {
  const mistakes = mistakesIn(connector, definition);
  const known = withoutUnknownObjects(connector, definition);
  const live = await answerOf(() =>
    withSession(async (session, signal) => (await holdAgainstCrm(session, compileMapping(known), signal)).problems),
  );
  return { mistakes, problems: live.answer, unanswered: live.unanswered };
}

/** PURE. What can be seen without the CRM. */
function mistakesIn(connector: ConnectorDefinition, definition: MappingDefinition): readonly DefinitionProblem[] {
  const kinds = kindsOf(connector);
  const unknown = Object.keys(definition.objects).filter((object) => !kinds.has(object));
  return [
    ...unknown.map((object) => ({
      path: `objects.${object}`,
      message: `${connector.label} has no object "${object}"`,
      remedy: 'Take it out of the mapping.',
    })),
    ...validateMapping(definition, kinds),
    ...eventSourceProblems(connector.objects, definition.events),
  ];
}

/** A connector is never asked for what it does not know. */
function withoutUnknownObjects({ objects }: ConnectorDefinition, definition: MappingDefinition): MappingDefinition {
  const known = Object.entries(definition.objects).filter(([name]) => objects.some(({ object }) => object === name));
  return { ...definition, objects: Object.fromEntries(known) };
}

/** A field that the CRM does not have as it is mapped, and what rests on it. */
export interface Breakage extends MappingProblem {
  /** Fields of ours that it fills, or the value that it takes. */
  readonly fills: readonly string[];
  /** Nothing else fills them meanwhile. */
  readonly isAlone: boolean;
  readonly usedBy: readonly FieldUse[];
}

/** PURE. What breaks by each problem that pauses a field. A rule that reads several fields goes on with the others. */
export function breakagesOf(
  definition: MappingDefinition,
  problems: readonly MappingProblem[],
  uses: FieldUses,
): readonly Breakage[] {
  const pausing = problems.filter(({ severity }) => severity === 'pauses');
  const isPaused = (object: string, field: string): boolean =>
    pausing.some((one) => one.direction === 'in' && one.object === object && one.field === field);
  return pausing.map((problem) => {
    const { object, direction, field } = problem;
    const rules = definition.objects[object];
    if (direction === 'out') {
      const values = (rules?.out ?? []).filter(({ to }) => to === field).map(({ from }) => from);
      return { ...problem, fills: values, isAlone: true, usedBy: [] };
    }
    const reading = (rules?.in ?? []).filter(({ from }) => from.includes(field));
    const stopped = reading.filter(({ from }) => from.every((name) => isPaused(object, name)));
    return {
      ...problem,
      fills: reading.map(({ to }) => to),
      isAlone: stopped.length > 0,
      usedBy: stopped.flatMap(({ to }) => uses.get(to) ?? []),
    };
  });
}

import { engagementTypes } from '../model/engagement.ts';
import {
  companyFields,
  companyOutputs,
  counterFields,
  leadFieldNames,
  mappedFieldNames,
  outputFields,
  type CounterField,
  type OutputField,
} from '../model/lead.ts';
import type { DefinitionProblem, InRule, MappingDefinition, OutRule, Transform } from '../model/mapping.ts';
import type { ObjectKind } from '../model/records.ts';
import { isMappedField } from './compile.ts';
import { patternProblem } from './pattern.ts';

/** What each object of the CRM is to us; one that is not listed may be anything. */
export type ObjectKinds = ReadonlyMap<string, ObjectKind>;

/** Every mistake that can be seen without the CRM; empty for a sound mapping. `checkMapping` sees the others. */
export function validateMapping(definition: MappingDefinition, kinds: ObjectKinds): readonly DefinitionProblem[] {
  const objects = Object.entries(definition.objects);
  return [
    ...objects.flatMap(([name, object]) => [
      ...object.in.flatMap((rule, index) => inProblems(rule, { name, kinds, path: `objects.${name}.in[${index}]` })),
      ...object.out.flatMap((rule, index) => outProblems(rule, { name, kinds, path: `objects.${name}.out[${index}]` })),
      ...repeated(
        object.in.map(({ to }) => to),
        `objects.${name}.in`,
        'Let one rule read several `from` fields instead.',
      ),
      ...repeated(
        object.out.map(({ to }) => to),
        `objects.${name}.out`,
        'Write each value into a field of its own.',
      ),
      ...loops(object.in, object.out, `objects.${name}.out`),
    ]),
    ...counterProblems(definition),
    ...eventProblems(definition),
  ];
}

/** Where a rule stands, and what may stand there. */
interface Place {
  /** The object's. */
  readonly name: string;
  readonly kinds: ObjectKinds;
  readonly path: string;
}

function inProblems({ from, to, transform }: InRule, { name, kinds, path }: Place): readonly DefinitionProblem[] {
  const found = transform.flatMap((one, index) => transformProblems(one, `${path}.transform[${index}]`));
  if (from.length === 0) {
    found.push({ path: `${path}.from`, message: 'the rule reads no field', remedy: 'Name at least one CRM field.' });
  }
  const kind = kinds.get(name);
  const isCompany = kind === undefined || kind === 'company';
  if (!isMappedField(to)) {
    const remedy = `Use one of: ${(isCompany ? mappedFieldNames : leadFieldNames).join(', ')}.`;
    found.push({ path: `${path}.to`, message: `there is no field "${to as string}" to fill`, remedy });
  } else if (!isCompany && Object.hasOwn(companyFields, to)) {
    const companies = [...kinds].flatMap(([object, one]) => (one === 'company' ? [object] : []));
    const remedy = `Move the rule to ${companies.join(' or ')}.`;
    found.push({ path: `${path}.to`, message: `"${to}" is told of a company, which ${name} is not`, remedy });
  }
  return found;
}

function transformProblems(transform: Transform, path: string): DefinitionProblem[] {
  if (transform.name === 'truncate' && !(Number.isInteger(transform.length) && transform.length > 0)) {
    return [{ path, message: 'truncate needs a length', remedy: 'Write a whole number of characters above 0.' }];
  }
  const reason = 'pattern' in transform ? patternProblem(transform.pattern) : null;
  if (reason === null) return [];
  const remedy = 'Write a plain pattern without nested repeats, such as "(\\\\d+)".';
  return [{ path, message: `the pattern ${reason}`, remedy }];
}

function outProblems({ from }: OutRule, { name, kinds, path }: Place): readonly DefinitionProblem[] {
  const kind = kinds.get(name);
  const known = kind === undefined ? outputFields : written[kind];
  if (known.includes(from)) return [];
  if (known.length === 0) return [{ path, message: `nothing is written to ${name}`, remedy: 'Take the rule away.' }];
  const message = outputFields.includes(from)
    ? `"${from}" is of a person, and ${name} is a company`
    : `there is no value "${from}" to push`;
  return [{ path: `${path}.from`, message, remedy: `Use one of: ${known.join(', ')}.` }];
}

/** DATA: what we have to say to each kind of object. */
const written: Readonly<Record<ObjectKind, readonly OutputField[]>> = {
  lead: outputFields,
  company: companyOutputs,
  owner: [],
  opportunity: [],
  engagement: [],
};

function repeated(names: readonly string[], path: string, remedy: string): readonly DefinitionProblem[] {
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => ({ path, message: `two rules fill "${name}"`, remedy }));
}

/** A field that we write and read back would let a score feed itself. */
function loops(inRules: readonly InRule[], outRules: readonly OutRule[], path: string): readonly DefinitionProblem[] {
  const read = new Set(inRules.flatMap(({ from }) => from));
  const remedy = 'Write into a field that no `in` rule reads.';
  return outRules
    .filter(({ to }) => read.has(to))
    .map(({ to }) => ({ path, message: `"${to}" is both read and written`, remedy }));
}

function counterProblems({ objects, counters }: MappingDefinition): readonly DefinitionProblem[] {
  const fed = new Set(Object.values(objects).flatMap((object) => object.in.map(({ to }) => to)));
  return counterFields.flatMap((counter) => {
    const isFed = fed.has(counter);
    if (isFed === (counters[counter] === 'crm')) return [];
    return [{ path: `counters.${counter}`, ...(isFed ? countsTwice(counter) : countsNothing(counter)) }];
  });
}

function countsTwice(counter: CounterField): Omit<DefinitionProblem, 'path'> {
  const remedy = `Write \`${counter}: crm\`, or take the \`in\` rule away.`;
  return { message: `${counter} is counted from events, and an \`in\` rule fills it too`, remedy };
}

function countsNothing(counter: CounterField): Omit<DefinitionProblem, 'path'> {
  const remedy = `Add an \`in\` rule for ${counter}, or write \`${counter}: events\`.`;
  return { message: `${counter} comes from the CRM, but no \`in\` rule fills it`, remedy };
}

function eventProblems({ events }: MappingDefinition): readonly DefinitionProblem[] {
  return events.flatMap(({ type }, index) => {
    if (type === 'nothing' || engagementTypes.includes(type)) return [];
    const path = `events[${index}].type`;
    if ((type as string) === '') return [{ path, message: 'it is not said what it counts as', remedy: 'Choose one.' }];
    const remedy = `Use one of: ${engagementTypes.join(', ')}, nothing.`;
    return [{ path, message: `there is no engagement "${type as string}"`, remedy }];
  });
}

import { type MappedField, mappedFields } from '../model/lead.ts';
import type { InRule, MappingDefinition, ObjectMapping, OutRule } from '../model/mapping.ts';
import { compileTransforms, type Conversion } from './transforms.ts';

export interface CompiledInRule extends InRule {
  readonly convert: Conversion;
}

export interface CompiledObject {
  /** Every CRM field to ask for, sorted: those that rules read, and those we write, for a push must know what is there. */
  readonly fields: readonly string[];
  readonly in: readonly CompiledInRule[];
  readonly out: readonly OutRule[];
}

/** A mapping ready to run on any number of records. */
export interface CompiledMapping {
  readonly definition: MappingDefinition;
  readonly objects: ReadonlyMap<string, CompiledObject>;
}

/** It does not judge (`validateMapping` does): a rule for an unknown field is left out, a broken pattern matches nothing. */
export function compileMapping(definition: MappingDefinition): CompiledMapping {
  const objects = Object.entries(definition.objects).map(([name, object]) => [name, compileObject(object)] as const);
  return { definition, objects: new Map(objects) };
}

function compileObject(object: ObjectMapping): CompiledObject {
  const rules = object.in.filter(({ to }) => isMappedField(to));
  const names = [...rules.flatMap(({ from }) => from), ...object.out.map(({ to }) => to)];
  return {
    fields: [...new Set(names)].sort(),
    in: rules.map((rule) => ({ ...rule, convert: compileTransforms(rule.transform) })),
    out: object.out,
  };
}

/** The fields of an object to ask the CRM for; none where the mapping does not use the object. */
export function fieldsOf(mapping: CompiledMapping, object: string): readonly string[] {
  return mapping.objects.get(object)?.fields ?? [];
}

export function isMappedField(name: string): name is MappedField {
  return Object.hasOwn(mappedFields, name);
}

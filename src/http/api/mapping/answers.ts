/** PURE. What the editor knows, as the API tells it. */
import { eventSources } from '../../../config/event-sources.ts';
import type { Difference } from '../../../config/differences.ts';
import { eventTypes, outputs, targetsFor } from '../../../mapping-editor/catalogue.ts';
import type { LiveFields as Live } from '../../../mapping-editor/editor.ts';
import { mappableObjects, type OpenMapping } from '../../../mapping-editor/open-mapping.ts';
import type { LiveFields, MappingAnswer, MappingDifference } from './schemas.ts';

export function answerOfMapping({
  connection,
  connector,
  version,
  definition,
  draft,
  uses,
}: OpenMapping): MappingAnswer {
  return jsonOf({
    connection: connection.name,
    kind: connection.kind,
    label: connector.label,
    version,
    definition,
    draft: draft && { ...draft, basedOn: draft.basedOn ?? 0, updatedAt: draft.updatedAt.toISOString() },
    objects: mappableObjects(connector),
    targets: targetsFor(uses),
    outputs,
    eventSources: eventSources(connector.objects).map(({ object, eventTexts }) => ({ object, texts: eventTexts })),
    eventTypes,
  });
}

export function liveFieldsAnswer({ fields, ...answer }: Live): LiveFields {
  return jsonOf({
    ...answer,
    fields: fields.map(({ readOnly, calculated, custom, ...field }) => ({
      ...field,
      isReadOnly: readOnly,
      isCalculated: calculated,
      isCustom: custom,
    })),
  });
}

/** What is not there on one side is null. */
export function differencesTold(found: readonly Difference[]): MappingDifference[] {
  return found.map(({ path, before, after }) => ({ path, before: before ?? null, after: after ?? null }));
}

/** The same value; what we do not change, JSON has no word for. */
export function jsonOf<Value>(value: Value): Mutable<Value> {
  return value as Mutable<Value>;
}

type Mutable<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : { -readonly [Key in keyof Value]: Mutable<Value[Key]> };

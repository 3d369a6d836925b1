import { malformedJson, validationError } from '../errors.ts';
import { isObject, textOf, type JsonObject } from '../input.ts';

/** Inputs of one batch call; 101 are refused (seen on a live portal). */
const MAX_INPUTS = 100;

export interface BatchInput {
  readonly id: string | undefined;
  readonly idProperty: string | undefined;
  readonly properties: JsonObject | undefined;
  readonly associations: unknown;
  readonly traceId: string | undefined;
}

function readInput(raw: JsonObject): BatchInput {
  const id = raw['id'];
  return {
    // Numbers are accepted where ids are meant (recorded on batch archive).
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : undefined,
    idProperty: textOf(raw['idProperty']),
    properties: isObject(raw['properties']) ? raw['properties'] : undefined,
    associations: raw['associations'],
    traceId: textOf(raw['objectWriteTraceId']),
  };
}

/**
 * Wrong keys are no error at HubSpot: an input without the keys it needs is passed over, and a body without `inputs`
 * has none, so the answer is a success with empty results.
 */
export function readInputs(body: JsonObject, needs: 'id' | 'properties' | 'both'): BatchInput[] {
  const raw = body['inputs'];
  if (!Array.isArray(raw)) return [];
  if (raw.length > MAX_INPUTS) {
    throw validationError(`The maximum number of inputs supported in a batch request is ${MAX_INPUTS}`);
  }
  if (raw.some((input) => Array.isArray(input))) {
    throw malformedJson(
      'Cannot deserialize value of type `com.hubspot.inbounddb.publicobject.core.v2.' +
        'SimplePublicObjectBatchInput$Json` from Array value (token `JsonToken.START_ARRAY`)',
    );
  }
  const inputs = raw.filter(isObject).map(readInput);
  return inputs.filter(
    (input) => (needs === 'properties' || input.id !== undefined) && (needs === 'id' || input.properties !== undefined),
  );
}

/** With or without trace ids, one id twice refuses the whole request. */
export function refuseDuplicates(ids: readonly string[]): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const id of ids) (seen.has(id) ? twice : seen).add(id);
  if (twice.size === 0) return;
  const duplicates = [...twice];
  throw validationError(`Duplicate IDs found in batch input: [${duplicates.join(', ')}]. IDs must be unique`, {
    context: { ids: duplicates },
  });
}

/** Rows fail singly only if every input has its own objectWriteTraceId. */
export function isTraced(inputs: readonly BatchInput[]): boolean {
  const traceIds = new Set(inputs.map((input) => input.traceId));
  return inputs.length > 0 && !traceIds.has(undefined) && traceIds.size === inputs.length;
}

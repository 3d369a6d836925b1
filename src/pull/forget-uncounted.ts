import type { ObjectCapability } from '../connector-sdk/connector.ts';
import { countsAs } from '../connector-sdk/event-rules.ts';
import { eventSources, forgetEvents, readMapping } from '../db/queries/forget-events.ts';
import { readCursors } from '../db/queries/open-cursor.ts';
import type { Tx } from '../db/tx.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import type { Pipeline } from './pipeline.ts';
import { updateLeads } from './update-leads.ts';
import { nothingSeen } from './want.ts';

/**
 * Before events are read anew with other rules: what no rule counts any more is not read again, so it has to go here.
 * Events of a form that the CRM has lost stay as long as a rule still counts it. An object with full passes needs none of
 * this: they read every record again and withdraw what does not count.
 */
export async function forgetUncounted(
  tx: Tx,
  pipeline: Pipeline,
  source: { readonly capability: ObjectCapability; readonly defaultMapping: MappingDefinition },
): Promise<void> {
  const { connectionId, mappingVersion, mapping } = pipeline;
  const { capability, defaultMapping } = source;
  const { object } = capability;
  const positions = await readCursors(tx, connectionId);
  const position = positions.find((one) => one.object === object && one.lane === 'live');
  if (position === undefined || position.mappingVersion === mappingVersion) return;
  const before = (await readMapping(tx, connectionId, position.mappingVersion)) ?? defaultMapping;
  const target = { connectionId, object };
  const uncounted = (await eventSources(tx, target)).filter(
    (name) => isCounted(capability, before, name) && !isCounted(capability, mapping.definition, name),
  );
  const leadIds = await forgetEvents(tx, target, uncounted);
  await updateLeads(tx, pipeline, leadIds, { previous: new Map(), seen: nothingSeen });
}

/** PURE. The one text that rules see of such an object is what its events keep as their detail. */
function isCounted({ object, eventTexts }: ObjectCapability, { events }: MappingDefinition, name: string): boolean {
  const type = countsAs(events, object, Object.fromEntries(eventTexts.map((text) => [text, name])));
  return type !== null && type !== 'nothing';
}

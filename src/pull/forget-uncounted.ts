import { forgetEvents, readMapping } from '../db/queries/forget-events.ts';
import { readCursors } from '../db/queries/open-cursor.ts';
import type { Tx } from '../db/tx.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import type { Pipeline } from './pipeline.ts';
import { updateLeads } from './update-leads.ts';
import { nothingSeen } from './want.ts';

/**
 * Before events are read anew with other rules: what no rule counts any more is not read again, so it has to go here.
 * Events of a form that the CRM has lost stay as long as a rule still counts it.
 */
export async function forgetUncounted(
  tx: Tx,
  pipeline: Pipeline,
  source: { readonly object: string; readonly defaultMapping: MappingDefinition },
): Promise<void> {
  const { connectionId, mappingVersion, mapping } = pipeline;
  const { object, defaultMapping } = source;
  const positions = await readCursors(tx, connectionId);
  const position = positions.find((one) => one.object === object && one.lane === 'live');
  if (position === undefined || position.mappingVersion === mappingVersion) return;
  const before = (await readMapping(tx, connectionId, position.mappingVersion)) ?? defaultMapping;
  const namesIn = ({ events }: MappingDefinition): string[] =>
    events.filter((rule) => rule.object === object).map((rule) => rule.contains);
  const rules = { before: namesIn(before), now: namesIn(mapping.definition) };
  const leadIds = await forgetEvents(tx, { connectionId, object }, rules);
  await updateLeads(tx, pipeline, leadIds, { previous: new Map(), seen: nothingSeen });
}

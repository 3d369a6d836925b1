import { lookup, readOnly, systemFields } from './field.ts';
import { SObject } from './sobject.ts';

/** Everybody who has a part in a shared activity, whose `WhoId` names the first of them alone. Nobody writes it directly. */
function whoRelation(activity: 'Task' | 'Event', keyPrefix: string): SObject {
  return new SObject({
    name: `${activity}WhoRelation`,
    keyPrefix,
    label: `${activity} Who Relation`,
    flags: { createable: false, updateable: false, deletable: false, undeletable: false, replicateable: false },
    fields: [
      ...systemFields(),
      lookup(`${activity}Id`, [activity], { required: true, updateable: false }),
      lookup('RelationId', ['Contact', 'Lead'], { required: true }),
      lookup('AccountId', ['Account']),
      readOnly('Type', 'string', { length: 50 }),
    ],
  });
}

export const taskWhoRelationObject = (): SObject => whoRelation('Task', '0RT');
export const eventWhoRelationObject = (): SObject => whoRelation('Event', '0RE');

import { defineEntity, p } from '@mikro-orm/postgresql';

/** A person's part in an opportunity, by CRM ids. */
export const OpportunityLink = defineEntity({
  name: 'OpportunityLink',
  tableName: 'opportunity_links',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    externalId: p.text().primary(),
    person: p.text(),
    opportunity: p.text(),
  },
});

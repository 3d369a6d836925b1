import { defineEntity, p } from '@mikro-orm/postgresql';

/** What an account may do in an organisation. */
export const Membership = defineEntity({
  name: 'Membership',
  tableName: 'memberships',
  properties: {
    orgId: p.uuid().primary(),
    accountId: p.uuid().primary(),
    role: p.enum(['viewer', 'operator', 'admin']).nativeEnumName('member_role'),
    createdAt: p.datetime(),
  },
});

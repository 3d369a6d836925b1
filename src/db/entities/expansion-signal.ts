import { defineEntity, p } from '@mikro-orm/postgresql';

/** News that makes an expansion likely. */
export const ExpansionSignal = defineEntity({
  name: 'ExpansionSignal',
  tableName: 'expansion_signals',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    companyDomain: p.text(),
    signalType: p.text(),
    signalTitle: p.text(),
    signalDetail: p.text().nullable(),
    signalDate: p.date().nullable(),
    signalStrength: p.text().nullable().default('medium'),
    capturedAt: p.datetime().nullable().defaultRaw('now()'),
  },
});

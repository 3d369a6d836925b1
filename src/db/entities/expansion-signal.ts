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
    externalId: p.text().nullable(),
    identity: p
      .text()
      .generated(
        `COALESCE(('id '::text || external_id), ((((signal_type || ' '::text) || COALESCE(((signal_date - '2000-01-01'::date))::text, ''::text)) || ' '::text) || lower(signal_title))) stored`,
      ),
    signalDate: p.date().nullable(),
    signalStrength: p.text().nullable().default('medium'),
    capturedAt: p.datetime().nullable().defaultRaw('now()'),
  },
});

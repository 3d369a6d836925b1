import { defineEntity, p } from '@mikro-orm/postgresql';

/** A developer who signed up; with an address it is a lead as well. */
export const DeveloperSignup = defineEntity({
  name: 'DeveloperSignup',
  tableName: 'developer_signups',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    email: p.text(),
    fullName: p.text().nullable(),
    companyDomain: p.text().nullable(),
    signupDate: p.datetime().defaultRaw('now()'),
    signupSource: p.text().nullable(),
    isCompanyEmail: p
      .boolean()
      .nullable()
      .generated(
        `((email !~~ '%@gmail.com'::text) AND (email !~~ '%@yahoo.com'::text) AND (email !~~ '%@hotmail.com'::text) AND (email !~~ '%@outlook.com'::text) AND (email !~~ '%@icloud.com'::text)) stored`,
      ),
    leadId: p.uuid().nullable(),
    createdAt: p.datetime().nullable().defaultRaw('now()'),
    updatedAt: p.datetime().nullable().defaultRaw('now()'),
  },
});

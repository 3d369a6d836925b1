import { defineEntity, p } from '@mikro-orm/postgresql';

/** How often a sign-in has failed lately, by who tried and for whom. */
export const SignInFailure = defineEntity({
  name: 'SignInFailure',
  tableName: 'sign_in_failures',
  properties: {
    keyHash: p.text().primary(),
    failures: p.integer(),
    lastAt: p.datetime(),
    blockedUntil: p.datetime().nullable(),
  },
});

import { type Static, type TSchema, Type } from 'typebox';
import { instant, nextPage, pageQuery } from '../forms.ts';

const strict = { additionalProperties: false };
const orNull = <Form extends TSchema>(form: Form) => Type.Union([form, Type.Null()]);
const maybeText = orNull(Type.String());
const maybeNumber = orNull(Type.Number());

export const signupQuery = Type.Object(
  {
    ...pageQuery,
    tier: Type.Optional(
      Type.String({ maxLength: 100, description: 'hot, warm, nurture or monitor.', examples: ['hot'] }),
    ),
    company: Type.Optional(
      Type.String({ maxLength: 255, description: 'The domain of one company.', examples: ['velocitypay.example'] }),
    ),
    minScore: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, examples: [60] })),
  },
  strict,
);

export const signupCard = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    leadId: orNull(Type.String({ format: 'uuid', description: 'The person.' })),
    email: Type.String(),
    champion: maybeText,
    companyDomain: maybeText,
    companyName: maybeText,
    industry: maybeText,
    employees: maybeNumber,
    employeeRange: maybeText,
    fundingStage: maybeText,
    totalFundingUsd: maybeNumber,
    techStack: Type.Array(Type.String()),
    projects: maybeNumber,
    billingTier: maybeText,
    teamMembers: maybeNumber,
    apiCalls30d: maybeNumber,
    apiCallGrowthPct: maybeNumber,
    features: Type.Array(Type.String()),
    lastActiveAt: orNull(instant),
    score: Type.Integer(),
    tier: Type.String(),
    action: orNull(Type.String({ description: 'What to do.' })),
    stakeholders: Type.Integer(),
    signals: Type.Integer(),
  },
  { $id: 'SignupCard', title: 'Signup', ...strict },
);
export type SignupCard = Static<typeof signupCard>;

export const signupList = Type.Object(
  { signups: Type.Array(Type.Ref('SignupCard#')), next: nextPage, tiers: Type.Array(Type.String()) },
  strict,
);
export interface SignupList {
  readonly signups: readonly SignupCard[];
  readonly next: string | null;
  /** The highest first. */
  readonly tiers: readonly string[];
}

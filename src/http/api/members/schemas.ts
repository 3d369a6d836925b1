import { type Static, Type } from 'typebox';
import { emailForm, instant, personForm, roleForm } from '../forms.ts';

export const member = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    email: emailForm,
    name: Type.String(),
    role: roleForm,
    hasPassword: Type.Boolean({ description: 'False = has not chosen one yet.' }),
    hasSingleSignOn: Type.Boolean({ description: 'Whether they have signed in by single sign-on.' }),
    lastSeenAt: Type.Union([instant, Type.Null()]),
  },
  { $id: 'Member', title: 'Member', additionalProperties: false },
);
export type Member = Static<typeof member>;

export const memberList = Type.Object({ members: Type.Array(Type.Ref('Member#')) }, { additionalProperties: false });
export interface MemberList {
  readonly members: readonly Member[];
}

export const invitation = Type.Object(
  { email: emailForm, name: personForm, role: roleForm },
  { additionalProperties: false },
);
export type InvitationForm = Static<typeof invitation>;

export const oneTimeLink = Type.Object(
  {
    url: Type.Union([Type.String(), Type.Null()], {
      description: 'Where a password is chosen, once. It is told only now. Null = the person can sign in already.',
    }),
    expiresAt: Type.Union([instant, Type.Null()]),
  },
  { $id: 'OneTimeLink', title: 'One-time link', additionalProperties: false },
);
export type LinkAnswer = Static<typeof oneTimeLink>;

export const roleChange = Type.Object({ role: roleForm }, { additionalProperties: false });

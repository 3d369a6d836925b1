import { type Static, Type } from 'typebox';
import { emailForm, personForm, roleForm, slugForm } from '../forms.ts';

/** Only its length: what else makes a password weak is told with its remedy. */
const password = Type.String({ minLength: 1, maxLength: 1000 });
const linkToken = Type.String({ minLength: 1, maxLength: 100, description: 'What the link has behind #.' });

export const session = Type.Object(
  {
    email: emailForm,
    name: Type.String(),
    orgs: Type.Array(
      Type.Object({ slug: slugForm, name: Type.String(), role: roleForm }, { additionalProperties: false }),
      {
        description: 'The organisations that you belong to.',
      },
    ),
  },
  { $id: 'Session', title: 'Session', additionalProperties: false },
);
export type Session = Static<typeof session>;

export const welcome = Type.Object(
  {
    isSetUp: Type.Boolean({ description: 'False = nobody has an account yet: the set-up link makes the first one.' }),
    hasOrg: Type.Boolean({ description: 'Whether there is an organisation yet.' }),
    singleSignOn: Type.Union([Type.String(), Type.Null()], {
      description: 'What it is called: GET /api/v1/sign-in leads there. Null = there is none.',
    }),
  },
  { $id: 'Welcome', title: 'Welcome', additionalProperties: false },
);
export type Welcome = Static<typeof welcome>;

export const signInForm = Type.Object({ email: emailForm, password }, { additionalProperties: false });
export type SignInForm = Static<typeof signInForm>;

export const setUpForm = Type.Object(
  {
    token: linkToken,
    email: emailForm,
    name: personForm,
    password,
    org: Type.Optional(
      Type.Object(
        { slug: slugForm, name: Type.String({ minLength: 1, maxLength: 100 }) },
        { additionalProperties: false, description: 'Where there is none yet.' },
      ),
    ),
  },
  { additionalProperties: false },
);
export type SetUpForm = Static<typeof setUpForm>;

export const choosePasswordForm = Type.Object({ token: linkToken, password }, { additionalProperties: false });
export type ChoosePasswordForm = Static<typeof choosePasswordForm>;

export const changePasswordForm = Type.Object({ current: password, next: password }, { additionalProperties: false });
export type ChangePasswordForm = Static<typeof changePasswordForm>;

import { type Static, Type } from 'typebox';
import { settingsForm, typedLogin } from '../connections/schemas.ts';
import { instant, slugForm } from '../forms.ts';

const closed = { additionalProperties: false } as const;
const maybeText = (maxLength: number, description: string) =>
  Type.Optional(Type.Union([Type.String({ maxLength }), Type.Null()], { description }));

export const consentPlace = Type.Object({ org: slugForm, consent: Type.String({ format: 'uuid' }) });

export const consentWish = Type.Object(
  {
    kind: Type.String({ maxLength: 100, examples: ['hubspot'] }),
    connection: Type.Union([slugForm, Type.Null()], {
      description:
        'Whose login it will be: what is stored of it may be left out. Null = of one that is yet to be made.',
    }),
    baseUrl: Type.Union([Type.String({ maxLength: 500 }), Type.Null()], {
      description: 'Null = the CRM’s own address.',
    }),
    settings: settingsForm,
    credentials: typedLogin,
  },
  closed,
);
export type ConsentWish = Static<typeof consentWish>;

const begunConsent = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    url: Type.String({ description: 'Of the CRM: where the browser goes.' }),
    expiresAt: instant,
  },
  { $id: 'BegunConsent', title: 'A way to the CRM', ...closed },
);
export type BegunConsent = Static<typeof begunConsent>;

export const consentAnswer = Type.Object(
  {
    state: Type.String({ maxLength: 300 }),
    code: maybeText(5_000, 'Null or left out = nobody has agreed.'),
    error: maybeText(100, 'Why not.'),
    errorDescription: maybeText(500, 'Why not, in words of the CRM.'),
  },
  { description: 'What the CRM has added to the address that it sent the browser back to.', ...closed },
);
export type ConsentAnswer = Static<typeof consentAnswer>;

const consentState = Type.Object(
  {
    status: Type.Enum(['waiting', 'granted', 'refused']),
    problem: Type.Union([Type.Object({ message: Type.String(), remedy: Type.String() }, closed), Type.Null()], {
      description: 'Of a refusal.',
    }),
    expiresAt: instant,
  },
  { $id: 'Consent', title: 'Consent', ...closed },
);
export type ConsentState = Static<typeof consentState>;

/** Those that others refer to. */
export const namedForms = [begunConsent, consentState] as const;

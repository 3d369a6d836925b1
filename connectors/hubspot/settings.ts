import { Type, type Static } from 'typebox';

export const settings = Type.Object(
  {
    portalId: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Refuse to run on any other HubSpot account than this one.' }),
    ),
    requestTimeoutSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 600, default: 60, description: 'Give a request up after so long.' }),
    ),
  },
  { additionalProperties: false },
);

/** A service key, or the static token of a project app or of a private app: all go the same way. */
const staticToken = Type.Object(
  {
    accessToken: Type.String({ minLength: 1, description: 'Service key, or token of a private or project app.' }),
    clientSecret: Type.Optional(
      Type.String({ minLength: 1, description: 'Of the app: proves its webhooks. A service key has none.' }),
    ),
  },
  { additionalProperties: false, title: 'Token' },
);

const oauth = Type.Object(
  {
    clientId: Type.String({ minLength: 1 }),
    clientSecret: Type.String({ minLength: 1 }),
    refreshToken: Type.String({ minLength: 1 }),
    accessToken: Type.Optional(Type.String({ description: 'Kept up to date by leadloop.' })),
    expiresAt: Type.Optional(Type.String({ description: 'ISO 8601; kept up to date by leadloop.' })),
  },
  { additionalProperties: false, title: 'OAuth app' },
);

export const credentials = Type.Union([staticToken, oauth]);

export type HubSpotSettings = Static<typeof settings>;
export type OAuthCredentials = Static<typeof oauth>;
export type HubSpotCredentials = Static<typeof credentials>;

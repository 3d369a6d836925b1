import { Type, type Static } from 'typebox';

export const settings = Type.Object(
  {
    portalId: Type.Optional(
      Type.Integer({
        title: 'Account ID',
        minimum: 1,
        description: 'Refuse to run on any other HubSpot account than this one.',
      }),
    ),
    requestTimeoutSeconds: Type.Optional(
      Type.Integer({
        title: 'Request time-out (seconds)',
        minimum: 1,
        maximum: 600,
        default: 60,
        description: 'Give a request up after so long.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** A service key, or the static token of a project app or of a private app: all go the same way. */
const staticToken = Type.Object(
  {
    accessToken: Type.String({
      title: 'Access token',
      minLength: 1,
      description: 'Service key, or token of a private or project app.',
    }),
    clientSecret: Type.Optional(
      Type.String({
        title: 'Client secret',
        minLength: 1,
        description: 'Of the app: proves its webhooks. A service key has none.',
      }),
    ),
  },
  { additionalProperties: false, title: 'Token' },
);

const oauth = Type.Object(
  {
    clientId: Type.String({ title: 'Client ID', minLength: 1 }),
    clientSecret: Type.String({ title: 'Client secret', minLength: 1 }),
    refreshToken: Type.String({ title: 'Refresh token', minLength: 1 }),
    accessToken: Type.Optional(Type.String({ readOnly: true, description: 'Kept up to date by leadloop.' })),
    expiresAt: Type.Optional(Type.String({ readOnly: true, description: 'ISO 8601; kept up to date by leadloop.' })),
  },
  { additionalProperties: false, title: 'OAuth app' },
);

export const credentials = Type.Union([staticToken, oauth]);

export type HubSpotSettings = Static<typeof settings>;
export type OAuthCredentials = Static<typeof oauth>;
export type HubSpotCredentials = Static<typeof credentials>;

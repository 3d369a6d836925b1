import { Type, type Static } from 'typebox';

export const settings = Type.Object(
  {
    loginUrl: Type.Optional(
      Type.String({
        title: 'Login address',
        pattern: '^https://|^http://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:|/|$)',
        default: 'https://login.salesforce.com',
        description: 'The organisation’s own address (My Domain): https://acme.my.salesforce.com.',
      }),
    ),
    organizationId: Type.Optional(
      Type.String({
        title: 'Organisation ID',
        pattern: '^00D[a-zA-Z0-9]{12}([a-zA-Z0-9]{3})?$',
        description: 'Refuse to run on any other organisation.',
      }),
    ),
    apiVersion: Type.Optional(
      Type.String({
        title: 'API version',
        pattern: '^\\d{2,3}\\.0$',
        description: 'Another version of the API than the one leadloop is tested with.',
      }),
    ),
    overlapMinutes: Type.Optional(
      Type.Integer({
        title: 'Overlap (minutes)',
        minimum: 0,
        maximum: 1_440,
        default: 15,
        description: 'Look back so far for what is committed late and Salesforce does not vouch for.',
      }),
    ),
    bulkQuery: Type.Optional(
      Type.Boolean({
        title: 'Bulk queries',
        default: true,
        description: 'Read everything by jobs of Bulk API 2.0; false = by calls of 2,000 records.',
      }),
    ),
    requestTimeoutSeconds: Type.Optional(
      Type.Integer({
        title: 'Request time-out (seconds)',
        minimum: 1,
        maximum: 600,
        default: 120,
        description: 'Give a request up after so long.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** The session that was asked for last: the next run goes on with it, and asks for no other until it has ended. */
const kept = {
  accessToken: Type.Optional(Type.String({ readOnly: true, description: 'Kept up to date by leadloop.' })),
  instanceUrl: Type.Optional(Type.String({ readOnly: true, description: 'Kept up to date by leadloop.' })),
  organization: Type.Optional(
    Type.String({ readOnly: true, description: 'Whose session it is. Kept up to date by leadloop.' }),
  ),
  signedInAt: Type.Optional(
    Type.String({ readOnly: true, description: 'Where it was asked for. Kept up to date by leadloop.' }),
  ),
};

const clientCredentials = Type.Object(
  {
    clientId: Type.String({
      title: 'Consumer key',
      minLength: 1,
      description: 'Consumer key of the external client app.',
    }),
    clientSecret: Type.String({ title: 'Consumer secret', minLength: 1 }),
    nextClientSecret: Type.Optional(
      Type.String({
        title: 'Next consumer secret',
        minLength: 1,
        description: 'Tried where the first is refused: a rotated secret is valid at once.',
      }),
    ),
    ...kept,
  },
  { additionalProperties: false, title: 'Client credentials' },
);

const jwt = Type.Object(
  {
    clientId: Type.String({ title: 'Consumer key', minLength: 1 }),
    username: Type.String({ title: 'User name', minLength: 1, description: 'The integration user.' }),
    privateKey: Type.String({
      title: 'Private key',
      contentMediaType: 'application/x-pem-file',
      minLength: 1,
      description: 'PEM; its certificate is on the app.',
    }),
    ...kept,
  },
  { additionalProperties: false, title: 'JWT bearer' },
);

const refreshToken = Type.Object(
  {
    clientId: Type.String({ title: 'Consumer key', minLength: 1 }),
    clientSecret: Type.Optional(Type.String({ title: 'Consumer secret', minLength: 1 })),
    refreshToken: Type.String({ title: 'Refresh token', minLength: 1 }),
    ...kept,
  },
  { additionalProperties: false, title: 'OAuth app' },
);

/** For trying out: lives as long as a session, two hours by default. */
const session = Type.Object(
  {
    accessToken: Type.String({
      title: 'Access token',
      minLength: 1,
      description: 'Of a session: `sf org display` shows one.',
    }),
    instanceUrl: Type.Optional(
      Type.String({
        title: 'Instance address',
        description: 'Where the organisation lives. Default: settings.loginUrl.',
      }),
    ),
    organization: Type.Optional(Type.String({ readOnly: true, description: 'Whose session it is.' })),
    signedInAt: Type.Optional(Type.String({ readOnly: true, description: 'Where it was asked for.' })),
  },
  { additionalProperties: false, title: 'Session' },
);

export const credentials = Type.Union([clientCredentials, jwt, refreshToken, session]);

export type SalesforceSettings = Static<typeof settings>;
export type ClientCredentials = Static<typeof clientCredentials>;
export type JwtCredentials = Static<typeof jwt>;
export type RefreshCredentials = Static<typeof refreshToken>;
export type SalesforceCredentials = Static<typeof credentials>;

/**
 * The form of the configuration. `description` is what editors show and what messages say after "expected"; `default` is
 * what a key that is left out means.
 */
import { type Static, Type } from 'typebox';
import { mappingFileSchema } from './schema-mapping.ts';
import { closed, nameSchema, pathSchema, scheduleSchema, secretReferenceSchema } from './schema-parts.ts';
import { definitions, profileFileSchema } from './schema-profile.ts';
import { sourceSchema } from './schema-source.ts';

export const connectionKinds = ['hubspot', 'salesforce'] as const;

const url = (whose: string) =>
  Type.String({ pattern: '^https?://[^\\s]+$', description: `an address with http:// or https://, ${whose}` });
const share = (description: string, fallback: number) =>
  Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, default: fallback, description }));

const publicCredential = Type.Optional(
  Type.Union([Type.String({ minLength: 1 }), secretReferenceSchema], {
    description: 'a text, { env: NAME } or { file: PATH }',
  }),
);

const publicParts = { clientId: publicCredential, username: publicCredential };

/** The parts of a login that are no secrets: they may be written out and shown. */
export const publicCredentials: readonly string[] = Object.keys(publicParts);

// All others are references.
const credentials = Type.Object(publicParts, {
  additionalProperties: secretReferenceSchema,
  description:
    'credentials, such as { accessToken: { env: HUBSPOT_TOKEN } } or { clientId: …, clientSecret: { env: SF_SECRET } }',
});

const quota = closed(
  {
    dailyShare: share('our share of the CRM’s calls a day, above 0 and up to 1', 0.25),
    stopAtOrgUse: share('we stop when the whole account has used this share of its day, above 0 and up to 1', 0.8),
    urgentReserve: Type.Optional(
      Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.1,
        description: 'of our share, what is kept for changes of tier, MQL and status, from 0 and below 1',
      }),
    ),
    dailyLimit: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'the account’s calls a day, a whole number, where the CRM does not tell',
      }),
    ),
  },
  'quota: { dailyShare, stopAtOrgUse, urgentReserve, dailyLimit }',
);

const push = closed(
  {
    mode: Type.Optional(
      Type.Enum(['plan', 'auto'], { default: 'plan', description: 'plan shows what would be written, auto writes it' }),
    ),
    blastRadius: Type.Optional(
      closed(
        {
          records: Type.Optional(
            Type.Integer({
              minimum: 1,
              default: 500,
              description:
                'of the records written before, how many an automatic push may always change, a whole number',
            }),
          ),
          share: share(
            'of the records written before, the share that an automatic push may always change, above 0 and up to 1',
            0.2,
          ),
        },
        'blastRadius: { records, share }; an automatic push that would change more than both waits for a person',
      ),
    ),
    massFrom: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'from so many waiting records of an object on they are written as bulk jobs, where the CRM has them, a whole number',
      }),
    ),
  },
  'push: { mode, blastRadius, massFrom }',
);

const pull = closed(
  {
    lagSeconds: Type.Optional(
      Type.Integer({ minimum: 0, default: 120, description: 'how long the CRM’s index may lag, in whole seconds' }),
    ),
    fullPassHours: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, default: 24, description: 'hours between two passes over everything' }),
    ),
    liveEverySeconds: Type.Optional(
      Type.Integer({
        minimum: 5,
        maximum: 3_600,
        description:
          'between two syncs, look for changed people every so many seconds, rounded up to what divides a minute or an hour: a call for each of their objects; left out = only by schedule and webhooks',
      }),
    ),
    objects: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        description: 'the CRM objects to pull; left out = all',
      }),
    ),
  },
  'pull: { lagSeconds, fullPassHours, liveEverySeconds, objects }',
);

export const connectionFileSchema = closed(
  {
    name: nameSchema,
    kind: Type.String({
      minLength: 1,
      examples: [...connectionKinds],
      description: `the CRM: ${connectionKinds.join(' or ')}`,
    }),
    baseUrl: Type.Optional(url('of a sandbox or a proxy; left out = the CRM’s own')),
    loginUrl: Type.Optional(url('of the Salesforce organisation (My Domain)')),
    credentials: Type.Optional(credentials),
    schedule: Type.Optional(scheduleSchema('when to sync')),
    timezone: Type.Optional(
      Type.String({
        default: 'UTC',
        description: 'the time zone of the schedule and of the quota’s day, such as Europe/Berlin',
      }),
    ),
    quota: Type.Optional(quota),
    push: Type.Optional(push),
    pull: Type.Optional(pull),
    settings: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'settings of the connector’s own' }),
    ),
    mapping: Type.Optional(
      Type.Union([pathSchema('a mapping file'), mappingFileSchema], {
        description: 'the path of a mapping file, or the mapping itself; left out = the connector’s default',
      }),
    ),
  },
  'a connection: { name, kind, credentials, … }',
);

const org = closed(
  {
    slug: nameSchema,
    name: Type.Optional(Type.String({ minLength: 1, description: 'the name that people see; left out = the slug' })),
    connections: Type.Optional(Type.Array(connectionFileSchema, { description: 'a list of connections' })),
    sources: Type.Optional(
      Type.Array(sourceSchema, {
        description: 'queries against databases of your own, whose rows come in on a schedule',
      }),
    ),
    profiles: Type.Optional(
      Type.Array(
        Type.Union([pathSchema('a profile file'), profileFileSchema], {
          description: 'the path of a profile file, or the profile itself',
        }),
        { description: 'scoring profiles, at most one of each kind; left out = the default ones' },
      ),
    ),
  },
  'an organisation: { slug, connections, sources, profiles }',
);

export const configFileSchema = closed(
  { orgs: Type.Array(org, { description: 'a list of organisations' }) },
  'a configuration: { orgs: […] }',
  { $defs: definitions },
);

export type OrgFile = Static<typeof org>;
export type ConnectionFile = Static<typeof connectionFileSchema>;

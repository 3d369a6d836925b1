import { type Static, Type } from 'typebox';
import { instant, slugForm } from '../forms.ts';

const closed = { additionalProperties: false } as const;
const maybeText = Type.Union([Type.String(), Type.Null()]);
const maybeInstant = Type.Union([instant, Type.Null()]);
const maybeInteger = Type.Union([Type.Integer(), Type.Null()]);
const shortText = Type.String({ maxLength: 500 });

export const connectionPlace = Type.Object({ org: slugForm, connection: slugForm });

/** What a connector declares. */
const formField = Type.Object(
  {
    key: Type.String(),
    title: Type.String(),
    description: Type.String(),
    type: Type.Enum(['text', 'integer', 'number', 'boolean']),
    isRequired: Type.Boolean(),
    isSecret: Type.Boolean({ description: 'Taken in, and never told again.' }),
    isLong: Type.Boolean({ description: 'Has several lines.' }),
    default: Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
    minimum: Type.Union([Type.Number(), Type.Null()]),
    maximum: Type.Union([Type.Number(), Type.Null()]),
  },
  { $id: 'FormField', title: 'Form field', ...closed },
);
export type FormField = Static<typeof formField>;

const connector = Type.Object(
  {
    kind: Type.String({ examples: ['hubspot'] }),
    label: Type.String({ examples: ['HubSpot'] }),
    objects: Type.Array(Type.Object({ object: Type.String(), isWritten: Type.Boolean() }, closed)),
    settings: Type.Array(Type.Ref('FormField#')),
    logins: Type.Array(
      Type.Object(
        {
          title: Type.String(),
          fields: Type.Array(Type.Ref('FormField#')),
          brought: Type.Union([Type.Array(Type.String()), Type.Null()], {
            description:
              'The fields that nobody has to type where somebody agrees in a browser (`begin-consent`); null = that is no way to this login.',
          }),
        },
        closed,
      ),
      { description: 'The ways to log in; one of them is given.' },
    ),
  },
  { $id: 'Connector', title: 'Connector', ...closed },
);
export interface ConnectorForms {
  readonly kind: string;
  readonly label: string;
  readonly objects: readonly { readonly object: string; readonly isWritten: boolean }[];
  readonly settings: readonly FormField[];
  readonly logins: readonly LoginForm[];
}
export interface LoginForm {
  readonly title: string;
  readonly fields: readonly FormField[];
  readonly brought: readonly string[] | null;
}

export const connectorList = Type.Object(
  {
    connectors: Type.Array(Type.Ref('Connector#')),
    redirectUri: Type.String({
      description: 'Where a CRM sends browsers back to; has to be registered with the app there.',
    }),
  },
  closed,
);
export interface ConnectorList {
  readonly redirectUri: string;
  readonly connectors: readonly ConnectorForms[];
}

export const settingsForm = Type.Record(
  Type.String({ maxLength: 100 }),
  Type.Union([shortText, Type.Number(), Type.Boolean(), Type.Null()]),
  { description: 'The connector’s own.' },
);

const parts = {
  baseUrl: Type.Union([shortText, Type.Null()], { description: 'Null = the CRM’s own address.' }),
  schedule: Type.Union([shortText, Type.Null()], { description: 'Five cron fields; null = only by hand.' }),
  timezone: Type.String({ maxLength: 100, examples: ['Europe/Berlin'] }),
  quota: Type.Object(
    {
      dailyShare: Type.Number({ description: 'Of the CRM’s calls a day, ours; up to 1.' }),
      stopAtOrgUse: Type.Number({ description: 'We stop when all together have used this share.' }),
      urgentReserve: Type.Number({ description: 'Of our share, what is kept for urgent writes.' }),
      dailyLimit: maybeInteger,
    },
    closed,
  ),
  push: Type.Object(
    {
      mode: Type.Enum(['plan', 'auto']),
      blastRadius: Type.Object({ records: Type.Integer(), share: Type.Number() }, closed),
      massFrom: maybeInteger,
    },
    closed,
  ),
  pull: Type.Object(
    {
      lagSeconds: Type.Integer(),
      fullPassHours: Type.Number(),
      liveEverySeconds: maybeInteger,
      objects: Type.Union([Type.Array(shortText, { maxItems: 100 }), Type.Null()], { description: 'Null = all.' }),
    },
    closed,
  ),
  settings: settingsForm,
};

const configuration = Type.Object(parts, { $id: 'ConnectionConfiguration', title: 'Configuration', ...closed });
export type Configuration = Static<typeof configuration>;

const typedParts = {
  login: Type.String({ maxLength: 100, description: 'One of the connector’s ways to log in.' }),
  values: Type.Record(Type.String({ maxLength: 100 }), Type.Union([Type.String({ maxLength: 20_000 }), Type.Null()]), {
    description: 'What is left out or empty stays as it is stored; null = it is taken away.',
  }),
};
/** As somebody types it. */
export const typedLogin = Type.Object(typedParts, closed);

const enteredLogin = Type.Object(
  {
    ...typedParts,
    consent: Type.Optional(
      Type.Union([Type.String({ format: 'uuid' }), Type.Null()], {
        description:
          'What somebody has agreed to at the CRM (`begin-consent`) for the app in `values`, whose own may then be left out.',
      }),
    ),
  },
  closed,
);
export type EnteredLogin = Static<typeof enteredLogin>;

const acceptWarnings = Type.Optional(
  Type.Boolean({
    default: false,
    description: 'Save it although the CRM was found to lack what leadloop can do without.',
  }),
);

export const connectionWish = Type.Object(
  {
    name: slugForm,
    kind: Type.String({ maxLength: 100 }),
    credentials: enteredLogin,
    acceptWarnings,
    ...Type.Partial(Type.Object(parts)).properties,
  },
  closed,
);
export type NewConnectionForm = Static<typeof connectionWish>;

export const connectionChange = Type.Object(
  {
    ...parts,
    credentials: Type.Union([enteredLogin, Type.Null()], { description: 'Null = as they are stored.' }),
    acceptWarnings,
  },
  closed,
);
export type ConnectionChangeForm = Static<typeof connectionChange>;

/** Also of faults: what a CRM was found to lack. */
export const finding = Type.Object(
  {
    level: Type.Enum(['ok', 'warning', 'failure']),
    subject: Type.String({ description: 'What was tried.', examples: ['scope crm.objects.contacts.write'] }),
    message: Type.String(),
    remedy: Type.String({ description: 'Empty where nothing has to be done.' }),
  },
  { $id: 'Finding', title: 'Finding', ...closed },
);
export type Finding = Static<typeof finding>;

const connectionCheck = Type.Object(
  { findings: Type.Array(Type.Ref('Finding#')) },
  { $id: 'ConnectionCheck', title: 'Check', ...closed },
);
export interface CheckAnswer {
  readonly findings: readonly Finding[];
}

export const savedConnection = Type.Object(
  {
    version: Type.Integer(),
    findings: Type.Union([Type.Array(Type.Ref('Finding#')), Type.Null()], {
      description: 'Null = the CRM was not asked.',
    }),
  },
  closed,
);
export interface SavedConnection {
  readonly version: number;
  readonly findings: readonly Finding[] | null;
}

const pauseDirection = Type.Enum(['pull', 'push', 'all']);

const pool = Type.Object(
  {
    max: maybeInteger,
    share: maybeInteger,
    used: Type.Integer({ description: 'By this connection today.' }),
    left: maybeInteger,
    reserve: Type.Integer(),
    resetAt: instant,
    accountRemaining: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Of the whole account, as the CRM told.',
    }),
    observedAt: maybeInstant,
  },
  { $id: 'Pool', title: 'Calls of a day', ...closed },
);
export type Pool = Static<typeof pool>;

const connectionState = {
  name: Type.String(),
  kind: Type.String(),
  label: Type.String(),
  version: Type.Integer({ description: 'For `If-Match`.' }),
  health: Type.Union([
    Type.Object(
      {
        state: Type.Enum(['healthy', 'failing', 'paused']),
        message: maybeText,
        remedy: maybeText,
        since: instant,
        tryAgainAt: maybeInstant,
      },
      closed,
    ),
    Type.Null(),
  ]),
  runs: Type.Object({ pull: Type.Boolean(), push: Type.Boolean(), reason: maybeText, until: maybeInstant }, closed),
  pauses: Type.Array(
    Type.Object(
      {
        of: Type.Enum(['org', 'connection', 'source']),
        direction: pauseDirection,
        reason: Type.String(),
        since: instant,
      },
      closed,
    ),
  ),
  schedule: maybeText,
  timezone: Type.String(),
  nextRunAt: maybeInstant,
  pushMode: Type.Enum(['plan', 'auto']),
  lastRun: Type.Union([
    Type.Object(
      {
        id: Type.String(),
        kind: Type.String(),
        status: Type.Enum(['running', 'succeeded', 'partial', 'failed', 'cancelled']),
        startedAt: instant,
        endedAt: maybeInstant,
        failure: maybeText,
      },
      closed,
    ),
    Type.Null(),
  ]),
  lastSuccessAt: maybeInstant,
  waiting: Type.Integer({ description: 'Records that wait to be written.' }),
  refused: Type.Integer({ description: 'Writes that the CRM refused.' }),
  rejected: Type.Integer({ description: 'Records that could not be read.' }),
  countedUpTo: Type.Integer({ description: 'So many of any of these three are so many or more.' }),
  pool: Type.Union([Type.Ref('Pool#'), Type.Null()], { description: 'Null = no call was made yet.' }),
  waitsUntil: Type.Union([instant, Type.Null()], { description: 'What waits for the day’s calls goes on then.' }),
};
const connectionForm = Type.Object(connectionState, { $id: 'Connection', title: 'Connection', ...closed });
export type Connection = Omit<Static<typeof connectionForm>, 'pool'> & { readonly pool: Pool | null };

export const connectionList = Type.Object({ connections: Type.Array(Type.Ref('Connection#')) }, closed);
export interface ConnectionList {
  readonly connections: readonly Connection[];
}

const toldLogin = Type.Object(
  {
    login: maybeText,
    values: Type.Record(Type.String(), Type.String(), { description: 'The parts that are no secrets.' }),
    secrets: Type.Array(Type.String(), { description: 'The secrets that are stored, by key.' }),
    since: maybeInstant,
    references: Type.Array(Type.Object({ key: Type.String(), from: Type.String() }, closed), {
      description: 'Where a configuration file says that they come from; empty = they were entered here.',
    }),
    problem: maybeText,
  },
  { $id: 'ToldLogin', title: 'Login', ...closed },
);
export type ToldLogin = Static<typeof toldLogin>;

const connectionDetail = Type.Object(
  {
    connection: Type.Ref('Connection#'),
    configuration: Type.Ref('ConnectionConfiguration#'),
    credentials: Type.Ref('ToldLogin#'),
    accountId: maybeText,
    createdAt: instant,
    nextRuns: Type.Array(instant),
  },
  { $id: 'ConnectionDetail', title: 'Connection in detail', ...closed },
);
export interface ConnectionDetail {
  readonly connection: Connection;
  readonly configuration: Configuration;
  readonly credentials: ToldLogin;
  readonly accountId: string | null;
  readonly createdAt: string;
  readonly nextRuns: readonly string[];
}

export const pauseWish = Type.Object(
  {
    direction: pauseDirection,
    reason: Type.Union([Type.String({ minLength: 1, maxLength: 500 }), Type.Null()], {
      description: 'For the others. Names nobody.',
    }),
  },
  closed,
);
export const resumeWish = Type.Object({ direction: pauseDirection }, closed);
export const pausedAnswer = Type.Object(
  { changed: Type.Boolean({ description: 'False = it was so before.' }) },
  closed,
);

export const deletion = Type.Object(
  {
    records: Type.Integer(),
    leads: Type.Integer({
      description: 'That no other CRM and no signup tells of, among the records that were counted. They stay.',
    }),
    events: Type.Integer(),
    pendingWrites: Type.Integer(),
    opportunities: Type.Integer(),
    countedUpTo: Type.Integer({ description: 'A number that is as high as this stands for this many or more.' }),
    isRunning: Type.Boolean({ description: 'A run has to end before.' }),
  },
  { $id: 'Deletion', title: 'What a deletion entails', ...closed },
);
export type Deletion = Static<typeof deletion>;

export const deletionQuery = Type.Object({
  confirm: Type.String({ maxLength: 100, description: 'The name of the connection, once more.' }),
});

export const previewQuery = Type.Object({
  expression: Type.String({ maxLength: 100, examples: ['*/15 * * * *'] }),
  timezone: Type.Optional(Type.String({ maxLength: 100, default: 'UTC', examples: ['Europe/Berlin'] })),
});
export const schedulePreview = Type.Object({ runs: Type.Array(instant) }, closed);
export interface SchedulePreview {
  readonly runs: readonly string[];
}

/** Those that others refer to. */
export const namedForms = [
  formField,
  connector,
  configuration,
  connectionCheck,
  pool,
  connectionForm,
  toldLogin,
  connectionDetail,
  deletion,
] as const;

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../model/errors.ts';
import type { CredentialReference, CredentialReferences } from './settings.ts';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What a machine decides for itself. This file is the only one that reads the environment. */
export interface Environment {
  /** LEADLOOP_HOME: embedded database, keys. Absolute. */
  readonly home: string;
  /** DATABASE_URL; null = an embedded Postgres under `home`. */
  readonly databaseUrl: string | null;
  /** LEADLOOP_KEY: `id:base64[,…]`; null = a key file under `home`. */
  readonly sealingKeys: string | null;
  /** LEADLOOP_ALERT_URL: where alerts are sent. A secret: whoever has it can write there. Null = nowhere. */
  readonly alertUrl: string | null;
  /** LOG_LEVEL; null = what the command takes: a daemon tells its runs, a command only what is wrong. */
  readonly logLevel: LogLevel | null;
  /** LEADLOOP_PUBLIC_URL: under which CRMs call us, with no slash at its end; null = none is known. */
  readonly publicUrl: string | null;
  /** NO_COLOR is set, to whatever (see no-color.org). */
  readonly isColourless: boolean;
  /** LEADLOOP_OIDC_*: where people sign in; null = with a password of ours. */
  readonly singleSignOn: SingleSignOnEnvironment | null;
  /** LEADLOOP_METRICS_TOKEN: lets scrapers of other machines in; null = none may come. */
  readonly metricsToken: string | null;
}

/** Of a provider that speaks OpenID Connect. */
export interface SingleSignOnEnvironment {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly label: string;
  readonly isEmailTrusted: boolean;
}

export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  return {
    home: resolve(variables['LEADLOOP_HOME'] ?? '.leadloop'),
    databaseUrl: variables['DATABASE_URL'] ? databaseUrlOf(variables['DATABASE_URL']) : null,
    sealingKeys: variables['LEADLOOP_KEY'] || null,
    alertUrl: variables['LEADLOOP_ALERT_URL'] ? addressOf(variables['LEADLOOP_ALERT_URL']) : null,
    logLevel: variables['LOG_LEVEL'] ? logLevelOf(variables['LOG_LEVEL']) : null,
    publicUrl: variables['LEADLOOP_PUBLIC_URL'] ? publicUrlOf(variables['LEADLOOP_PUBLIC_URL']) : null,
    isColourless: Boolean(variables['NO_COLOR']),
    singleSignOn: variables['LEADLOOP_OIDC_ISSUER'] ? singleSignOnOf(variables) : null,
    metricsToken: variables['LEADLOOP_METRICS_TOKEN'] || null,
  };
}

/** The message does not repeat it: it is a secret. */
function addressOf(text: string): string {
  if (/^https?:$/u.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new AppError('environment-invalid', 'LEADLOOP_ALERT_URL is no address.', {
    recovery: 'fix-config',
    remedy: 'Set it to an address with https:// or http://, such as that of an incoming webhook of Slack.',
  });
}

/** The message does not repeat it: it holds a password. */
function databaseUrlOf(text: string): string {
  const url = URL.parse(text);
  if (/^postgres(?:ql)?:$/u.test(url?.protocol ?? '') && (url?.pathname.length ?? 0) > 1) return text;
  throw new AppError('environment-invalid', 'DATABASE_URL is no address of a database.', {
    recovery: 'fix-config',
    remedy:
      'Set it to postgres://user:password@host:5432/database; in a password, write / ? # @ % as %2F %3F %23 %40 %25.',
  });
}

function logLevelOf(text: string): LogLevel {
  const level = logLevels.find((known) => known === text.toLowerCase());
  if (level !== undefined) return level;
  throw new AppError('environment-invalid', `LOG_LEVEL is "${text}", which is no level.`, {
    recovery: 'fix-config',
    remedy: `Set it to one of: ${logLevels.join(', ')}.`,
  });
}

function singleSignOnOf(variables: NodeJS.ProcessEnv): SingleSignOnEnvironment {
  const { LEADLOOP_OIDC_ISSUER: issuer = '', LEADLOOP_OIDC_CLIENT_ID: clientId = '' } = variables;
  const clientSecret = variables['LEADLOOP_OIDC_CLIENT_SECRET'] ?? '';
  if (!URL.canParse(issuer) || clientId === '' || clientSecret === '')
    throw new AppError('environment-invalid', 'LEADLOOP_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET belong together.', {
      recovery: 'fix-config',
      remedy: 'Set all three, the issuer as an address such as https://login.example.com; or none of them.',
    });
  const label = variables['LEADLOOP_OIDC_LABEL'] || 'single sign-on';
  return { issuer, clientId, clientSecret, label, isEmailTrusted: variables['LEADLOOP_OIDC_TRUST_EMAIL'] === 'true' };
}

/** As it is written: signatures of webhooks cover the address letter by letter, and the CRM has it as somebody typed it there. */
function publicUrlOf(text: string): string {
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  const extras = url === null ? '' : `${url.username}${url.password}${url.search}${url.hash}`;
  if (isWeb && extras === '') return text.trim().replace(/\/+$/u, '');
  throw new AppError('environment-invalid', 'LEADLOOP_PUBLIC_URL is no address that somebody could call.', {
    recovery: 'fix-config',
    remedy: 'Set it to the address under which this server is reached from outside, such as https://leads.example.com.',
  });
}

/** Secret values by name, or what is missing: a variable that is not set, a file that cannot be read. */
export type CredentialValues =
  | { readonly values: Readonly<Record<string, string>> }
  | { readonly missing: readonly string[] };

/** Reads secrets where they are. Called when they are needed, not when the configuration is read. */
export function readCredentials(
  references: CredentialReferences,
  variables: NodeJS.ProcessEnv = process.env,
): CredentialValues {
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, reference] of Object.entries(references)) {
    const value = readCredential(reference, variables);
    if (value === null) missing.push(describe(name, reference));
    else values[name] = value;
  }
  return missing.length > 0 ? { missing } : { values };
}

function readCredential(reference: CredentialReference, variables: NodeJS.ProcessEnv): string | null {
  if (typeof reference === 'string') return reference;
  if ('env' in reference) return variables[reference.env] || null;
  try {
    // Editors and `echo` end a file with a newline that is no part of the secret.
    return readFileSync(reference.file, 'utf8').trimEnd() || null;
  } catch {
    return null;
  }
}

function describe(name: string, reference: CredentialReference): string {
  if (typeof reference === 'object' && 'file' in reference)
    return `${name}: the file ${reference.file} is missing or empty`;
  return `${name}: the environment variable ${typeof reference === 'string' ? reference : reference.env} is not set`;
}

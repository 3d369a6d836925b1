/** PURE. What somebody has typed of a login, and what is stored already, as the credentials of a connection. */
import { isSame } from '../config/differences.ts';
import type { Problem } from '../config/problems.ts';
import type { ConnectorDefinition } from '../connector-sdk/connector.ts';
import { type FormField, type LoginForm, loginForms, loginOf } from './forms.ts';
import { InvalidSettings } from './refusals.ts';

export type Credentials = Readonly<Record<string, string>>;

/** As somebody types it. */
export interface TypedLogin {
  /** The title of one of the connector's ways to log in. */
  readonly login: string;
  /** What is left out or empty stays as it is stored; null = it is taken away. */
  readonly values: Readonly<Record<string, string | null>>;
}

export interface EnteredLogin extends TypedLogin {
  /** Of what somebody has agreed to in a browser for the app in `values`, whose own may be left out; null = nobody has. */
  readonly consent: string | null;
}

export interface StoredLogin {
  readonly credentials: Credentials | null;
  /** False = the address is another one now: what is stored must not be sent there. */
  readonly mayBeKept: boolean;
}

/**
 * The credentials that are meant; null = those that are stored.
 * @throws InvalidSettings
 */
export function credentialsOf(definition: Definition, entered: TypedLogin, stored: StoredLogin): Credentials | null {
  const meant = formOf(definition, entered, stored);
  const { form, known, isSameLogin } = meant;
  const values = mergedValues(meant, entered, stored);
  return isSame(values, onlyFields(form, known)) && isSameLogin ? null : values;
}

/**
 * What is meant of each field of the login, whether it was typed now or is stored; `brought`: fields that nobody has to type.
 * @throws InvalidSettings
 */
export function valuesOf(
  definition: Definition,
  entered: TypedLogin,
  stored: StoredLogin,
  brought: readonly string[],
): Credentials {
  return mergedValues(formOf(definition, entered, stored), entered, stored, brought);
}

function mergedValues(
  { form: whole, known, isSameLogin }: ReturnType<typeof formOf>,
  entered: TypedLogin,
  stored: StoredLogin,
  brought: readonly string[] = [],
): Credentials {
  const form = { ...whole, fields: whole.fields.filter(({ key }) => !brought.includes(key)) };
  const isMoved = !stored.mayBeKept || hasOtherAddress(form, entered, known);
  const merged = form.fields.flatMap((field) => {
    const value = valueOf(field, entered, field.isSecret && isMoved ? {} : known);
    return value === null ? [] : [[field.key, value] as const];
  });
  const values = Object.fromEntries(merged);
  const problems = [...strangers(whole, entered), ...missing(form, values, isSameLogin && isMoved)];
  if (problems.length > 0) throw new InvalidSettings(problems);
  return values;
}

type Definition = Pick<ConnectorDefinition, 'credentials'>;

/** Which way to log in is meant, and what is stored of that very way. */
function formOf(definition: Definition, { login }: TypedLogin, { credentials: stored }: StoredLogin) {
  const forms = loginForms(definition);
  const form = forms.find(({ title }) => title === login);
  if (form === undefined) throw new InvalidSettings([unknownLogin(forms)]);
  const isSameLogin = stored !== null && loginOf(definition, stored)?.title === form.title;
  return { form, isSameLogin, known: isSameLogin ? stored : {} };
}

function valueOf({ key }: FormField, { values }: TypedLogin, known: Credentials): string | null {
  const typed = values[key];
  if (typed === null) return null;
  const text = typed?.trim() ?? '';
  return text === '' ? (known[key] ?? null) : text;
}

/** A secret goes where it was meant for: whoever names another address types it again. */
function hasOtherAddress(form: LoginForm, { values }: TypedLogin, known: Credentials): boolean {
  return form.fields.some(({ key }) => {
    const typed = values[key] ?? '';
    return /^https?:/iu.test(typed) && typed !== known[key];
  });
}

function onlyFields({ fields }: LoginForm, known: Credentials): Credentials {
  const keys = fields.map(({ key }) => key);
  return Object.fromEntries(Object.entries(known).filter(([key]) => keys.includes(key)));
}

type Fault = Pick<Problem, 'path' | 'message' | 'remedy'>;

function strangers({ title, fields }: LoginForm, { values }: TypedLogin): Fault[] {
  return Object.keys(values)
    .filter((key) => fields.every((field) => field.key !== key))
    .map((key) => ({
      path: `credentials.values.${key}`,
      message: `the login "${title}" has no "${key}"`,
      remedy: `It takes ${fields.map((field) => field.key).join(', ')}.`,
    }));
}

function missing({ fields }: LoginForm, values: Credentials, isMoved: boolean): Fault[] {
  return fields
    .filter(({ key, isRequired }) => isRequired && values[key] === undefined)
    .map(({ key, title }) => ({
      path: `credentials.values.${key}`,
      message: `${title} is missing`,
      remedy: isMoved ? 'The address is another one, so enter it again.' : 'Enter it.',
    }));
}

function unknownLogin(forms: readonly LoginForm[]): Fault {
  const known = forms.map(({ title }) => title).join(', ');
  return { path: 'credentials.login', message: 'there is no such way to log in', remedy: `Choose one of: ${known}.` };
}

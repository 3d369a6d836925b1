/** PURE. What a connector declares of its settings and of its ways to log in, as fields that a form can ask for. */
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { publicCredentials } from '../config/schema.ts';
import type { ConnectorDefinition } from '../connector-sdk/connector.ts';

export interface FormField {
  readonly key: string;
  readonly title: string;
  /** Empty where the title says it all. */
  readonly description: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean';
  readonly isRequired: boolean;
  /** Taken in, and never told again. */
  readonly isSecret: boolean;
  /** Has several lines. */
  readonly isLong: boolean;
  /** What a field that is left empty means; null = nothing in particular. */
  readonly default: string | number | boolean | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

/** One way to log in. */
export interface LoginForm {
  readonly title: string;
  readonly fields: readonly FormField[];
}

type Forms = Pick<ConnectorDefinition, 'settings' | 'credentials'>;

/** The keywords of JSON Schema that a connector's own schemas use. */
interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: string | number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly contentMediaType?: string;
  /** Kept up to date by the connector: nobody is asked for it. */
  readonly readOnly?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly TSchema[];
}

export function settingsForm({ settings }: Pick<Forms, 'settings'>): readonly FormField[] {
  return fieldsOf(settings, () => false);
}

export function loginForms({ credentials }: Pick<Forms, 'credentials'>): readonly LoginForm[] {
  return waysOf(credentials).map((way) => ({
    title: (way as Schema).title ?? 'Credentials',
    fields: fieldsOf(way, (key) => !publicCredentials.includes(key)),
  }));
}

/** Which way to log in these credentials are for; null = none of those that the connector has now. */
export function loginOf({ credentials }: Pick<Forms, 'credentials'>, values: unknown): LoginForm | null {
  const index = waysOf(credentials).findIndex((way) => Value.Check(way, values));
  return loginForms({ credentials })[index] ?? null;
}

function waysOf(schema: TSchema): readonly TSchema[] {
  return (schema as Schema).anyOf?.flatMap(waysOf) ?? [schema];
}

function fieldsOf(schema: TSchema, isSecret: (key: string) => boolean): FormField[] {
  const { properties = {}, required = [] } = schema as Schema;
  return Object.entries(properties)
    .filter(([, { readOnly = false }]) => !readOnly)
    .map(([key, field]) => ({
      key,
      title: field.title ?? key,
      description: field.description ?? '',
      type: typeOf(field),
      isRequired: required.includes(key),
      isSecret: isSecret(key),
      isLong: field.contentMediaType !== undefined,
      default: field.default ?? null,
      minimum: field.minimum ?? null,
      maximum: field.maximum ?? null,
    }));
}

function typeOf({ type }: Schema): FormField['type'] {
  return type === 'integer' || type === 'number' || type === 'boolean' ? type : 'text';
}

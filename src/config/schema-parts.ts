import { type TObject, type TObjectOptions, type TProperties, type TString, Type } from 'typebox';

/** Every object is closed: an unknown key is an error, not a wish that is silently ignored. */
export function closed<Properties extends TProperties>(
  properties: Properties,
  description: string,
  options: TObjectOptions = {},
): TObject<Properties> {
  return Type.Object(properties, { ...options, additionalProperties: false, description });
}

export const pathSchema = (what: string): TString =>
  Type.String({ minLength: 1, description: `the path of ${what}, relative to this file` });

/** Organisations, connections and sources are called so in commands, too. */
export const nameSchema = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'a name of lower-case letters, digits and hyphens',
});

export const scheduleSchema = (what: string): TString =>
  Type.String({ description: `${what}, as five cron fields; left out = only by hand` });

export const secretReferenceSchema = Type.Union(
  [
    closed(
      { env: Type.String({ minLength: 1, description: 'the name of an environment variable' }) },
      'an environment variable',
    ),
    closed({ file: pathSchema('a file that holds the secret') }, 'a file'),
  ],
  { writeOnly: true, description: 'a reference to a secret, { env: NAME } or { file: PATH }' },
);

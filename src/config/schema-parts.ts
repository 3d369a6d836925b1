import { type TObject, type TObjectOptions, type TProperties, Type } from 'typebox';

/** Every object is closed: an unknown key is an error, not a wish that is silently ignored. */
export function closed<Properties extends TProperties>(
  properties: Properties,
  description: string,
  options: TObjectOptions = {},
): TObject<Properties> {
  return Type.Object(properties, { ...options, additionalProperties: false, description });
}

import { NumberInput, PasswordInput, Switch, Textarea, TextInput } from '@mantine/core';
import type { FormField } from '../../../http/api/connections/schemas.ts';
import { Problem } from '../../api/call.ts';

export type FieldValue = string | number | boolean | null;

interface Props {
  readonly field: FormField;
  readonly value: FieldValue;
  readonly error?: string | undefined;
  /** A secret that is stored: it stays where nothing is entered. */
  readonly isStored?: boolean;
  readonly onChange: (value: FieldValue) => void;
}

export const inputWrapperOrder: ('label' | 'input' | 'description' | 'error')[] = [
  'label',
  'input',
  'description',
  'error',
];

/** A field as the connector declares it. */
export function ConnectorField({ field, value, error, isStored = false, onChange }: Props) {
  const { title, description, type, isRequired, isSecret, isLong, minimum, maximum } = field;
  const fallback = field.default;
  const told = {
    label: title,
    ...(description !== '' && { description }),
    ...(error !== undefined && { error }),
  };
  // Descriptions below, so that fields in a row stand in a line.
  const common = { ...told, inputWrapperOrder };
  if (type === 'boolean')
    return (
      <Switch
        {...told}
        checked={(value ?? fallback) === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  const placeholder = isStored ? 'stored; leave empty to keep it' : fallback === null ? '' : String(fallback);
  if (type !== 'text')
    return (
      <NumberInput
        {...common}
        placeholder={placeholder}
        allowDecimal={type === 'number'}
        {...(minimum !== null && { min: minimum })}
        {...(maximum !== null && { max: maximum })}
        value={typeof value === 'number' ? value : ''}
        onChange={(next) => onChange(typeof next === 'number' ? next : null)}
      />
    );
  const text = {
    ...common,
    placeholder,
    required: isRequired && !isStored,
    value: typeof value === 'string' ? value : '',
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange(event.currentTarget.value === '' ? null : event.currentTarget.value),
  };
  if (isLong) return <Textarea {...text} autosize minRows={4} autoComplete="off" spellCheck={false} />;
  if (isSecret) return <PasswordInput {...text} autoComplete="new-password" />;
  return <TextInput {...text} autoComplete="off" />;
}

/** What is wrong with a field; undefined = nothing is. */
export function errorAt(error: Error | null, path: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  return error.errors.find((one) => one.path === path)?.message;
}

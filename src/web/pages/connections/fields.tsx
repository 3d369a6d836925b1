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

/** Descriptions below, so that fields in a row stand in a line. */
export const inputWrapperOrder: ('label' | 'input' | 'description' | 'error')[] = [
  'label',
  'input',
  'description',
  'error',
];

/** A field as the connector declares it. */
export function ConnectorField(props: Props) {
  const { type } = props.field;
  if (type === 'boolean') return <SwitchField {...props} />;
  return type === 'text' ? <TextField {...props} /> : <NumberField {...props} />;
}

function told({ field: { title, description }, error }: Props) {
  return { label: title, ...(description !== '' && { description }), ...(error !== undefined && { error }) };
}

function placeholderOf({ field, isStored = false }: Props): string {
  if (isStored) return 'stored; leave empty to keep it';
  return field.default === null ? '' : String(field.default);
}

function SwitchField(props: Props) {
  const { field, value, onChange } = props;
  return (
    <Switch
      {...told(props)}
      checked={(value ?? field.default) === true}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

function NumberField(props: Props) {
  const { field, value, onChange } = props;
  const { type, minimum, maximum } = field;
  return (
    <NumberInput
      {...told(props)}
      inputWrapperOrder={inputWrapperOrder}
      placeholder={placeholderOf(props)}
      allowDecimal={type === 'number'}
      {...(minimum !== null && { min: minimum })}
      {...(maximum !== null && { max: maximum })}
      value={typeof value === 'number' ? value : ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : null)}
    />
  );
}

function TextField(props: Props) {
  const { field, value, isStored = false, onChange } = props;
  const text = {
    ...told(props),
    inputWrapperOrder,
    placeholder: placeholderOf(props),
    required: field.isRequired && !isStored,
    value: typeof value === 'string' ? value : '',
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value || null),
  };
  if (field.isLong) return <Textarea {...text} autosize minRows={4} autoComplete="off" spellCheck={false} />;
  if (field.isSecret) return <PasswordInput {...text} autoComplete="new-password" />;
  return <TextInput {...text} autoComplete="off" />;
}

/** What is wrong with a field; undefined = nothing is. */
export function errorAt(error: Error | null, path: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  return error.errors.find((one) => one.path === path)?.message;
}

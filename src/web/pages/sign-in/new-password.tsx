import { PasswordInput } from '@mantine/core';

interface Props {
  readonly label?: string;
  readonly value: string;
  readonly onChange: (password: string) => void;
}

/** Long rather than complicated; the server has the last word. */
export function NewPassword({ label = 'Password', value, onChange }: Props) {
  return (
    <PasswordInput
      label={label}
      description="At least 12 characters: several words make a good one."
      autoComplete="new-password"
      required
      minLength={12}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { ProblemNote } from './problem-note.tsx';

interface Props {
  readonly email: string;
  /** Null = it is known who this is. */
  readonly onEmail: ((email: string) => void) | null;
  readonly signIn: { readonly error: Error | null; readonly isPending: boolean };
  readonly onSubmit: (password: string) => void;
}

/** Address and password. */
export function PasswordForm({ email, onEmail, signIn, onSubmit }: Props) {
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit(password);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="username"
          required={onEmail !== null}
          readOnly={onEmail === null}
          value={email}
          onChange={(event) => onEmail?.(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          data-autofocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {signIn.error !== null && <ProblemNote error={signIn.error} />}
        <Button type="submit" loading={signIn.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

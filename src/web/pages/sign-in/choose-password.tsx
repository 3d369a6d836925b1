import { Button, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { useChoosePassword } from '../../api/session.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Entrance } from './entrance.tsx';
import { NewPassword } from './new-password.tsx';

/** Where an invitation, or a link for a lost password, leads. */
export function ChoosePasswordPage() {
  const token = useLocation().hash.slice(1);
  const [password, setPassword] = useState('');
  const choose = useChoosePassword();
  if (choose.isSuccess) return <Navigate to="/" replace />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    choose.mutate({ token, password });
  };
  return (
    <Entrance title="Choose a password" lead="This link works once. Everywhere else you are signed out.">
      <form onSubmit={submit}>
        <Stack>
          <NewPassword value={password} onChange={setPassword} />
          {choose.error !== null && <ProblemNote error={choose.error} />}
          <Button type="submit" loading={choose.isPending}>
            Choose it and sign in
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}

import { Alert, Button, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useChangePassword } from '../../api/session.ts';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useOrg } from '../../shell/org.tsx';
import { NewPassword } from '../sign-in/new-password.tsx';

const nothing = { current: '', next: '' };

export function AccountPage() {
  const { session } = useOrg();
  const [form, setForm] = useState(nothing);
  const change = useChangePassword();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate(form, { onSuccess: () => setForm(nothing) });
  };
  return (
    <Page title="Your account" lead={`${session.name}, ${session.email}`}>
      <Paper withBorder p="lg" maw={440}>
        <form onSubmit={submit}>
          <Stack>
            <div>
              <Title order={2}>Change the password</Title>
              <Text c="dimmed">In every other browser you are signed out.</Text>
            </div>
            <input type="text" autoComplete="username" value={session.email} readOnly hidden />
            <PasswordInput
              label="Present password"
              autoComplete="current-password"
              required
              value={form.current}
              onChange={(event) => setForm({ ...form, current: event.currentTarget.value })}
            />
            <NewPassword label="New password" value={form.next} onChange={(next) => setForm({ ...form, next })} />
            {change.error !== null && <ProblemNote error={change.error} />}
            {change.isSuccess && (
              <Alert color="green" variant="light" role="status">
                The new password holds from now on.
              </Alert>
            )}
            <Button type="submit" loading={change.isPending}>
              Change it
            </Button>
          </Stack>
        </form>
      </Paper>
    </Page>
  );
}

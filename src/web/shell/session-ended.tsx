import { Anchor, Button, Divider, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { focusManager } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useSignInAgain, useWelcome } from '../api/session.ts';
import { ProblemNote } from '../parts/problem-note.tsx';

/** Over a page whose session has ended: it stays as it is until the same person has signed in again. */
export function SessionEnded({ email }: { readonly email: string }) {
  const [password, setPassword] = useState('');
  const signIn = useSignInAgain(email);
  const { data: welcome } = useWelcome();
  const provider = welcome?.singleSignOn ?? null;
  useEffect(() => {
    // As in a tab that nobody looks at, no query is made meanwhile; afterwards all are made anew.
    focusManager.setFocused(false);
    return () => focusManager.setFocused(undefined);
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate(password);
  };
  return (
    <Modal
      opened
      onClose={() => undefined}
      title="Your session has ended"
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      // Over a dialog of the page, too.
      zIndex={400}
    >
      <Stack>
        <Text>Sign in again to go on. This page stays as you left it, with what you have not saved.</Text>
        <form onSubmit={submit}>
          <Stack>
            <TextInput label="E-mail address" type="email" autoComplete="username" readOnly value={email} />
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
        <Divider label="or" />
        {provider !== null && (
          <Button component="a" href="/api/v1/sign-in" target="_blank" rel="noopener" variant="default">
            Sign in with {provider} in a new tab
          </Button>
        )}
        <Button variant="default" loading={signIn.isPending} onClick={() => signIn.mutate(null)}>
          I have signed in in another tab
        </Button>
        <Anchor href="/sign-in" size="sm">
          Leave this page, and sign in as somebody else
        </Anchor>
      </Stack>
    </Modal>
  );
}

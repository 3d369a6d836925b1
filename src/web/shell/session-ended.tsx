import { Anchor, Button, Divider, Modal, Stack, Text } from '@mantine/core';
import { focusManager } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useSignInAgain, useWelcome } from '../api/session.ts';
import { PasswordForm } from '../parts/password-form.tsx';

/** Over a page whose session has ended: it stays as it is until the same person has signed in again. */
export function SessionEnded({ email }: { readonly email: string }) {
  const signIn = useSignInAgain(email);
  const { data: welcome } = useWelcome();
  const provider = welcome?.singleSignOn ?? null;
  useEffect(() => {
    // As in a tab that nobody looks at, no query is made meanwhile; afterwards all are made anew.
    focusManager.setFocused(false);
    return () => focusManager.setFocused(undefined);
  }, []);
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
        <PasswordForm email={email} onEmail={null} signIn={signIn} onSubmit={(password) => signIn.mutate(password)} />
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

import { Alert, Button, Divider } from '@mantine/core';
import { useState } from 'react';
import { Navigate, useLocation, useSearchParams } from 'react-router';
import { useSession, useSignIn, useWelcome } from '../../api/session.ts';
import { PasswordForm } from '../../parts/password-form.tsx';
import { Entrance } from './entrance.tsx';

export function SignInPage() {
  const [email, setEmail] = useState('');
  const signIn = useSignIn();
  const session = useSession();
  const { data: welcome } = useWelcome();
  const from = fromOf(useLocation().state);
  const problem = problems[useSearchParams()[0].get('problem') ?? ''];
  if (session.data) return <Navigate to={from} replace />;
  const lead =
    welcome?.isSetUp === false
      ? 'Nobody has an account yet: open the set-up link that leadloop printed when it started.'
      : 'With the address that you were invited by.';
  return (
    <Entrance title="Sign in" lead={lead}>
      {problem !== undefined && (
        <Alert color="red" variant="light" role="alert">
          {problem}
        </Alert>
      )}
      {welcome?.singleSignOn !== null && welcome?.singleSignOn !== undefined && (
        <>
          <Button component="a" href={`/api/v1/sign-in?to=${encodeURIComponent(from)}`} variant="default">
            Sign in with {welcome.singleSignOn}
          </Button>
          <Divider label="or" />
        </>
      )}
      <PasswordForm
        email={email}
        onEmail={setEmail}
        signIn={signIn}
        onSubmit={(password) => signIn.mutate({ email, password })}
      />
    </Entrance>
  );
}

/** What the way by single sign-on has ended in. */
const problems: Readonly<Record<string, string>> = {
  'sso-unavailable': 'The provider of single sign-on does not answer. Try again in a minute.',
  'sso-refused': 'The provider did not sign you in. Try again.',
  'sso-uninvited': 'Nobody has invited you by the address that the provider has verified. Ask an admin to invite it.',
  'sso-missing': 'There is no single sign-on here. Sign in with a password.',
};

/** Only a page of ours: never an address that somebody else chose. */
function fromOf(state: unknown): string {
  const from = typeof state === 'object' && state !== null && 'from' in state ? state.from : null;
  return typeof from === 'string' && from.startsWith('/orgs/') ? from : '/';
}

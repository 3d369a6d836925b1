import { Alert, Button, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import type { ConsentAnswer } from '../../../http/api/consents/schemas.ts';
import { Problem } from '../../api/call.ts';
import { useAnswerConsent } from '../../api/consents.ts';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Entrance } from '../sign-in/entrance.tsx';

/** /oauth/callback: where CRMs send browsers back to. */
export function ConsentBackPage() {
  const { search } = useLocation();
  const { mutate, isSuccess, error } = useAnswerConsent();
  // Once, although React tries effects twice while developing: a code works once.
  const answered = useRef(false);
  const answer = answerIn(search);
  const isKept = error instanceof Problem && unheard.includes(error.status);
  useEffect(() => {
    if (answered.current || answer === null) return;
    answered.current = true;
    // What came with the address is nobody else's business: not of the history, not of a bookmark.
    window.history.replaceState(null, '', window.location.pathname);
    mutate(answer);
  }, [answer, mutate]);
  return (
    <Entrance title="Back from the CRM" lead="leadloop asks it whether it is let in.">
      {answer === null && (
        <Alert color="red" variant="light" title="There is nothing to be done here" role="alert">
          A CRM sends browsers to this page. Begin at a connection.
        </Alert>
      )}
      {answer !== null && error === null && !isSuccess && <Loading what="the answer" />}
      {error !== null && (
        <ProblemNote error={error} {...(isKept && answer !== null && { onRetry: () => mutate(answer) })} />
      )}
      {isSignedOut(error) && (
        <Text size="sm">Sign in to leadloop in another window at this very address, then try again here.</Text>
      )}
      {isSuccess && (
        <Alert color="green" variant="light" title="leadloop is let in" role="status">
          Close this window and go on where you came from: there it can be saved.
        </Alert>
      )}
      <Button variant="default" component={Link} to="/">
        To the console
      </Button>
    </Entrance>
  );
}

/** With these the answer of the CRM has reached nobody: it still holds. 0 = the server could not be reached. */
const unheard = [0, 401, 503];

function isSignedOut(error: Error | null): boolean {
  return error instanceof Problem && error.status === 401;
}

const slug = /^[a-z0-9][a-z0-9-]{0,62}$/u;

/** Null = this is no answer. What is in the address may be anybody's: it says no other place to call than ours. */
function answerIn(search: string): (ConsentAnswer & { readonly org: string }) | null {
  const given = new URLSearchParams(search);
  const state = given.get('state') ?? '';
  const [org = ''] = state.split('.');
  if (!slug.test(org)) return null;
  const cut = (name: string, length: number): string | null => given.get(name)?.slice(0, length) ?? null;
  return {
    org,
    state,
    code: given.get('code'),
    error: cut('error', 100),
    errorDescription: cut('error_description', 500),
  };
}

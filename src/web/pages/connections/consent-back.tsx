import { Alert, Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import type { ConsentAnswer } from '../../../http/api/consents/schemas.ts';
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
      {error !== null && <ProblemNote error={error} />}
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

/** Null = this is no answer. */
function answerIn(search: string): (ConsentAnswer & { readonly org: string }) | null {
  const given = new URLSearchParams(search);
  const state = given.get('state') ?? '';
  const [org = ''] = state.split('.');
  if (org === '') return null;
  const cut = (name: string, length: number): string | null => given.get(name)?.slice(0, length) ?? null;
  return {
    org,
    state,
    code: given.get('code'),
    error: cut('error', 100),
    errorDescription: cut('error_description', 500),
  };
}

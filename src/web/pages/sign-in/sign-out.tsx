import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Navigate, useLocation } from 'react-router';
import { useSignOut } from '../../api/session.ts';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Entrance } from './entrance.tsx';

/** Where the session ends: at once for whoever comes from the menu; a link from elsewhere ends nothing by itself. */
export function SignOutPage() {
  const { mutate, isSuccess, isPending, error } = useSignOut();
  const isMeant = (useLocation().state as { readonly isMeant?: boolean } | null)?.isMeant === true;
  const begun = useRef(false);
  useEffect(() => {
    if (!isMeant || begun.current) return;
    begun.current = true;
    mutate();
  }, [isMeant, mutate]);
  if (isSuccess) return <Navigate to="/sign-in" replace />;
  return (
    <Entrance title="Sign out" lead="In this browser; everywhere else you stay signed in.">
      {isPending && <Loading what="the end of the session" />}
      {error !== null && <ProblemNote error={error} />}
      {(!isMeant || error !== null) && <Button onClick={() => mutate()}>Sign out</Button>}
    </Entrance>
  );
}

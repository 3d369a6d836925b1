import { Anchor, Stack, Title } from '@mantine/core';
import { createRoutesFromElements, Navigate, Route, useRouteError } from 'react-router';
import { useSession } from './api/session.ts';
import { ChoosePasswordPage } from './pages/sign-in/choose-password.tsx';
import { SetUpPage } from './pages/sign-in/set-up.tsx';
import { ConsentBackPage } from './pages/connections/consent-back.tsx';
import { SignInPage } from './pages/sign-in/sign-in.tsx';
import { SignOutPage } from './pages/sign-in/sign-out.tsx';
import { Loading } from './parts/loading.tsx';
import { ProblemNote } from './parts/problem-note.tsx';
import { NotFound } from './parts/not-found.tsx';
import { usePageTitle } from './parts/page.tsx';
import { orgPages } from './pages/index.tsx';
import { OrgScope } from './shell/org.tsx';
import { Shell } from './shell/shell.tsx';

/** Every page by its address. Routes of a data router, so that a page can hold back whoever would lose what they typed. */
export const routes = createRoutesFromElements(
  <Route errorElement={<Broken />}>
    <Route path="/sign-in" element={<SignInPage />} />
    <Route path="/sign-out" element={<SignOutPage />} />
    <Route path="/set-up" element={<SetUpPage />} />
    <Route path="/password" element={<ChoosePasswordPage />} />
    <Route path="/oauth/callback" element={<ConsentBackPage />} />
    <Route path="/" element={<Home />} />
    <Route path="/orgs/:org" element={<OrgScope />}>
      <Route element={<Shell />}>
        {orgPages.map(({ path, page }) => (
          <Route key={path} path={path} element={page} />
        ))}
        <Route path="*" element={<NotFound />} />
      </Route>
    </Route>
    <Route path="*" element={<NotFound />} />
  </Route>,
);

/** To the first organisation of whoever is signed in. */
function Home() {
  const { data: session, error, isPending } = useSession();
  if (isPending) return <Loading />;
  if (error !== null) return <ProblemNote error={error} />;
  if (session === null) return <Navigate to="/sign-in" replace />;
  const [first] = session.orgs;
  return first === undefined ? <NotFound /> : <Navigate to={`/orgs/${first.slug}`} replace />;
}

/** Where drawing a page has failed. */
function Broken() {
  const error = useRouteError();
  const reason = error instanceof Error ? error : new Error('Nobody knows why.');
  usePageTitle('Not shown');
  return (
    <Stack component="main" p="md" maw={720}>
      <Title order={1}>This page cannot be shown</Title>
      <ProblemNote error={reason} onRetry={() => window.location.reload()} retryLabel="Load it again" />
      <Anchor href="/">To the beginning</Anchor>
    </Stack>
  );
}

import { createContext, use, useState } from 'react';
import { Navigate, Outlet, useLocation, useParams } from 'react-router';
import type { Session } from '../../http/api/session/schemas.ts';
import { useSession } from '../api/session.ts';
import { Loading } from '../parts/loading.tsx';
import { NotFound } from '../parts/not-found.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { SessionEnded } from './session-ended.tsx';

type Role = Session['orgs'][number]['role'];

export interface OrgView {
  readonly slug: string;
  readonly name: string;
  readonly role: Role;
  /** Of the API, below /api/v1. */
  readonly path: string;
  readonly session: Session;
}

const Context = createContext<OrgView | null>(null);

/** The organisation whose pages these are. */
export function useOrg(): OrgView {
  const org = use(Context);
  if (org === null) throw new Error('there is no organisation here');
  return org;
}

const ranks: readonly Role[] = ['viewer', 'operator', 'admin'];

/** Whether whoever is signed in has this role here, or one that includes it. */
export function useMay(role: Role): boolean {
  return ranks.indexOf(useOrg().role) >= ranks.indexOf(role);
}

/** Lets nobody in who is not signed in, and nobody into an organisation that is not theirs. */
export function OrgScope() {
  const { org: slug } = useParams();
  const { pathname, search } = useLocation();
  const { data: present, error } = useSession();
  const [last, setLast] = useState<Session | null>(null);
  if (present && present !== last) setLast(present);
  // Whoever is in stays in, also when asking anew has failed or their session has ended: somebody may be typing.
  const session = present === null ? last : present;
  if (session === undefined) return error === null ? <Loading /> : <ProblemNote error={error} />;
  if (session === null) return <Navigate to="/sign-in" state={{ from: `${pathname}${search}` }} replace />;
  const own = session.orgs.find((one) => one.slug === slug);
  if (own === undefined) return <NotFound />;
  return (
    <Context value={{ ...own, path: `/orgs/${own.slug}`, session }}>
      <Outlet />
      {present === null && <SessionEnded email={session.email} />}
    </Context>
  );
}

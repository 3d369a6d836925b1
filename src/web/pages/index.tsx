import type { ReactNode } from 'react';
import { Navigate } from 'react-router';
import { AccountPage } from './account/account.tsx';
import { AuditPage } from './audit/audit.tsx';
import { MappingPage } from './mapping/mapping.tsx';
import { MembersPage } from './members/members.tsx';
import { TokensPage } from './tokens/tokens.tsx';

/** The pages of an organisation, below /orgs/ORG. */
export const orgPages: readonly { readonly path: string; readonly page: ReactNode }[] = [
  { path: '', page: <Navigate to="members" replace /> },
  { path: 'connections/:connection/mapping', page: <MappingPage /> },
  { path: 'members', page: <MembersPage /> },
  { path: 'tokens', page: <TokensPage /> },
  { path: 'audit', page: <AuditPage /> },
  { path: 'account', page: <AccountPage /> },
];

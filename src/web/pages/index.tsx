import type { ReactNode } from 'react';
import { AccountPage } from './account/account.tsx';
import { AuditPage } from './audit/audit.tsx';
import { LeadPage } from './leads/lead.tsx';
import { LeadsPage } from './leads/leads.tsx';
import { MembersPage } from './members/members.tsx';
import { OverviewPage } from './overview/overview.tsx';
import { SignupsPage } from './signups/signups.tsx';
import { TokensPage } from './tokens/tokens.tsx';

/** The pages of an organisation, below /orgs/ORG. */
export const orgPages: readonly { readonly path: string; readonly page: ReactNode }[] = [
  { path: '', page: <OverviewPage /> },
  { path: 'leads', page: <LeadsPage /> },
  { path: 'leads/:lead', page: <LeadPage /> },
  { path: 'signups', page: <SignupsPage /> },
  { path: 'members', page: <MembersPage /> },
  { path: 'tokens', page: <TokensPage /> },
  { path: 'audit', page: <AuditPage /> },
  { path: 'account', page: <AccountPage /> },
];

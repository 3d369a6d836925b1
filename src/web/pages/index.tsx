import type { ReactNode } from 'react';
import { AccountPage } from './account/account.tsx';
import { AuditPage } from './audit/audit.tsx';
import { LeadPage } from './leads/lead.tsx';
import { LeadsPage } from './leads/leads.tsx';
import { ConnectionPage } from './connections/connection.tsx';
import { ConnectionsPage } from './connections/connections.tsx';
import { ConnectionSettingsPage } from './connections/settings.tsx';
import { MappingPage } from './mapping/mapping.tsx';
import { MembersPage } from './members/members.tsx';
import { OverviewPage } from './overview/overview.tsx';
import { SignupsPage } from './signups/signups.tsx';
import { PushPage } from './push/push.tsx';
import { RejectedPage } from './rejected/rejected.tsx';
import { RunPage } from './runs/run.tsx';
import { RunsPage } from './runs/runs.tsx';
import { ProfilePage } from './scoring/profile.tsx';
import { ScoringPage } from './scoring/scoring.tsx';
import { TokensPage } from './tokens/tokens.tsx';

/** The pages of an organisation, below /orgs/ORG. */
export const orgPages: readonly { readonly path: string; readonly page: ReactNode }[] = [
  { path: '', page: <OverviewPage /> },
  { path: 'leads', page: <LeadsPage /> },
  { path: 'leads/:lead', page: <LeadPage /> },
  { path: 'signups', page: <SignupsPage /> },
  { path: 'runs', page: <RunsPage /> },
  { path: 'runs/:run', page: <RunPage /> },
  { path: 'rejected', page: <RejectedPage /> },
  { path: 'push', page: <PushPage /> },
  { path: 'connections', page: <ConnectionsPage /> },
  { path: 'connections/:connection', page: <ConnectionPage /> },
  { path: 'connections/:connection/settings', page: <ConnectionSettingsPage /> },
  { path: 'scoring', page: <ScoringPage /> },
  { path: 'scoring/:kind', page: <ProfilePage /> },
  { path: 'connections/:connection/mapping', page: <MappingPage /> },
  { path: 'members', page: <MembersPage /> },
  { path: 'tokens', page: <TokensPage /> },
  { path: 'audit', page: <AuditPage /> },
  { path: 'account', page: <AccountPage /> },
];

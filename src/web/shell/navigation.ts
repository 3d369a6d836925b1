import {
  IconAddressBook,
  IconAdjustments,
  IconAlertOctagon,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  type IconProps,
  IconPlugConnected,
  IconRefresh,
  IconRocket,
  IconSend,
  IconUsers,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';

export interface NavigationEntry {
  /** Below the organisation; empty = its first page. */
  readonly path: string;
  readonly label: string;
  readonly icon: ComponentType<IconProps>;
  /** The least that sees it. */
  readonly role: 'viewer' | 'operator' | 'admin';
}

/** The pages of an organisation, in the order of their use. */
export const navigation: readonly NavigationEntry[] = [
  { path: '', label: 'Overview', icon: IconLayoutDashboard, role: 'viewer' },
  { path: 'leads', label: 'Leads', icon: IconAddressBook, role: 'viewer' },
  { path: 'signups', label: 'Signups', icon: IconRocket, role: 'viewer' },
  { path: 'runs', label: 'Runs', icon: IconRefresh, role: 'viewer' },
  { path: 'rejected', label: 'Rejected', icon: IconAlertOctagon, role: 'viewer' },
  { path: 'push', label: 'Push', icon: IconSend, role: 'viewer' },
  { path: 'connections', label: 'Connections', icon: IconPlugConnected, role: 'viewer' },
  { path: 'scoring', label: 'Scoring', icon: IconAdjustments, role: 'viewer' },
  { path: 'members', label: 'Members', icon: IconUsers, role: 'viewer' },
  { path: 'tokens', label: 'API tokens', icon: IconKey, role: 'admin' },
  { path: 'audit', label: 'Audit log', icon: IconHistory, role: 'admin' },
];

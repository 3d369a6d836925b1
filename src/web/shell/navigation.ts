import { IconAdjustments, IconHistory, IconKey, type IconProps, IconUsers } from '@tabler/icons-react';
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
  { path: 'scoring', label: 'Scoring', icon: IconAdjustments, role: 'viewer' },
  { path: 'members', label: 'Members', icon: IconUsers, role: 'viewer' },
  { path: 'tokens', label: 'API tokens', icon: IconKey, role: 'admin' },
  { path: 'audit', label: 'Audit log', icon: IconHistory, role: 'admin' },
];

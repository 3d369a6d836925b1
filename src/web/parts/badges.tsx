import { Badge } from '@mantine/core';

const statuses: Readonly<Record<string, readonly [label: string, color: string]>> = {
  new: ['New', 'gray'],
  engaged: ['Engaged', 'blue'],
  mql: ['MQL', 'violet'],
  sql: ['SQL', 'teal'],
  opportunity: ['Opportunity', 'green'],
  disqualified: ['Disqualified', 'red'],
  recycled: ['Recycled', 'orange'],
};

export function statusLabel(status: string): string {
  return statuses[status]?.[0] ?? status;
}

/** Where somebody stands on the way to a sale. */
export function StatusBadge({ status }: { readonly status: string }) {
  return <Badge color={statuses[status]?.[1] ?? 'gray'}>{statusLabel(status)}</Badge>;
}

/** By their usual names; a profile may have others. */
const tiers: Readonly<Record<string, string>> = {
  hot: 'red',
  warm: 'orange',
  nurture: 'blue',
  monitor: 'gray',
  cold: 'gray',
};
const others = ['violet', 'teal', 'pink', 'lime'] as const;

/** The same one for a tier everywhere; `place`: among the tiers, the highest first. */
export function tierColor(tier: string, place = 0): string {
  return tiers[tier] ?? others[place % others.length] ?? 'gray';
}

export function TierBadge({ tier }: { readonly tier: string | null }) {
  return tier === null ? <>–</> : <Badge color={tierColor(tier)}>{tier}</Badge>;
}

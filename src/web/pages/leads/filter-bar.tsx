import { Button, Group, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import type { LeadList } from '../../../http/api/leads/schemas.ts';
import type { LeadFilters } from '../../api/leads.ts';
import { statusLabel } from '../../parts/badges.tsx';
import { useTyped } from '../../parts/use-typed.ts';

const statuses = ['new', 'engaged', 'mql', 'sql', 'opportunity', 'disqualified', 'recycled'];

interface Props {
  readonly filters: LeadFilters;
  /** What there is to choose from; undefined = not known yet. */
  readonly answer: LeadList | undefined;
  readonly onChange: (name: keyof LeadFilters, value: string | null) => void;
  /** Null = there is nothing to clear. */
  readonly onClear: (() => void) | null;
}

export function LeadFilterBar({ filters, answer, onChange, onClear }: Props) {
  const search = useTyped(filters.search ?? '', (words) => onChange('search', words));
  const clear = (): void => {
    search.clear();
    onClear?.();
  };
  const choice = (name: keyof LeadFilters, label: string, data: readonly { value: string; label: string }[]) => (
    <Select
      label={label}
      placeholder="All"
      data={[...data]}
      value={filters[name]}
      onChange={(value) => onChange(name, value)}
      clearable
      clearButtonProps={{ 'aria-label': `All: ${label}` }}
      w={{ base: '100%', xs: 160 }}
    />
  );
  return (
    <Group align="flex-end" gap="sm" component="search">
      <TextInput
        label="Search"
        placeholder="Name, address, company, title or id"
        type="search"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search.text}
        onChange={({ currentTarget: { value } }) => search.type(value)}
        w={{ base: '100%', sm: 300 }}
      />
      {choice(
        'status',
        'Status',
        statuses.map((value) => ({ value, label: statusLabel(value) })),
      )}
      {choice('tier', 'Tier', named(answer?.tiers ?? [], filters.tier))}
      {choice('segment', 'Segment', named(answer?.segments ?? [], filters.segment))}
      {choice('connection', 'In the CRM', named(answer?.connections.map(({ name }) => name) ?? [], filters.connection))}
      {onClear !== null && (
        <Button variant="subtle" onClick={clear}>
          Clear
        </Button>
      )}
    </Group>
  );
}

/** The chosen one is there before the others are known. */
function named(names: readonly string[], chosen: string | null) {
  const all = chosen === null || names.includes(chosen) ? names : [...names, chosen];
  return all.map((value) => ({ value, label: value }));
}

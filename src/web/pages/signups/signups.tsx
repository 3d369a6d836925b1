import { Button, Group, NumberInput, Select, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { type SignupFilters, useSignups } from '../../api/signups.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import { useTyped } from '../../parts/use-typed.ts';
import { titled } from '../../parts/words.ts';
import { Card } from './card.tsx';

/** Of the second seed; what a profile calls them otherwise comes with the answer. */
const usual = ['hot', 'warm', 'nurture', 'monitor'];
const column = 8;
const page = 24;

/** Signups of the product: a column for each tier, or one tier by itself. */
export function SignupsPage() {
  const { filters, set, clear, isFiltered } = useFilters(['tier', 'company', 'minScore'], ['company', 'minScore']);
  // Asked for once to know the tiers, and whether there is anybody at all.
  const any = useSignups({ ...filters, tier: null }, column);
  const [first] = any.data?.pages ?? [];
  const tiers = first?.tiers ?? usual;
  return (
    <Page
      title="Signups"
      lead="Who uses the product like a buyer: signups with a company’s address, and what to do next."
    >
      <FilterBar {...{ filters, tiers, set }} onClear={isFiltered ? clear : null} />
      {any.isPending && <Loading what="the signups" />}
      {any.error !== null && <ProblemNote error={any.error} onRetry={() => void any.refetch()} />}
      {first?.signups.length === 0 && <Nobody isFiltered={isFiltered} />}
      {first !== undefined && first.signups.length > 0 && <Tiers filters={filters} tiers={tiers} />}
    </Page>
  );
}

/** Side by side, or the chosen one by itself. */
function Tiers({ filters, tiers }: Pick<BarProps, 'filters' | 'tiers'>) {
  if (filters.tier !== null) return <Tier filters={filters} tier={filters.tier} limit={page} columns={3} />;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: tiers.length }}>
      {tiers.map((tier) => (
        <Tier key={tier} filters={{ ...filters, tier }} tier={tier} limit={column} columns={1} />
      ))}
    </SimpleGrid>
  );
}

interface TierProps {
  readonly filters: SignupFilters;
  readonly tier: string;
  readonly limit: number;
  readonly columns: number;
}

function Tier({ filters, tier, limit, columns }: TierProps) {
  const list = useSignups(filters, limit);
  const signups = list.data?.pages.flatMap((one) => one.signups) ?? [];
  return (
    <Stack gap="sm" component="section" aria-label={titled(tier)}>
      <Title order={2}>{titled(tier)}</Title>
      {list.isPending && <Loading what={`the tier ${tier}`} />}
      {list.error !== null && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && signups.length === 0 && (
        <Text c="dimmed" size="sm">
          Nobody is here now.
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, md: Math.min(columns, 2), lg: columns }}>
        {signups.map((signup) => (
          <Card key={signup.id} signup={signup} />
        ))}
      </SimpleGrid>
      {list.hasNextPage && (
        <Button
          variant="default"
          size="xs"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
          aria-label={`Show more of ${tier}`}
        >
          Show more
        </Button>
      )}
    </Stack>
  );
}

interface BarProps {
  readonly filters: SignupFilters;
  readonly tiers: readonly string[];
  readonly set: (name: keyof SignupFilters, value: string | null) => void;
  readonly onClear: (() => void) | null;
}

function FilterBar({ filters, tiers, set, onClear }: BarProps) {
  const company = useTyped(filters.company ?? '', (words) => set('company', words));
  const least = useTyped(filters.minScore ?? '', (score) => set('minScore', score));
  const clear = (): void => {
    company.clear();
    least.clear();
    onClear?.();
  };
  return (
    <Group align="flex-end" gap="sm" component="search">
      <Select
        label="Tier"
        placeholder="All, side by side"
        data={tiers.map((value) => ({ value, label: titled(value) }))}
        value={filters.tier}
        onChange={(value) => set('tier', value)}
        clearable
        clearButtonProps={{ 'aria-label': 'All tiers' }}
        w={{ base: '100%', xs: 180 }}
      />
      <TextInput
        label="Company"
        placeholder="velocitypay.example"
        value={company.text}
        onChange={({ currentTarget: { value } }) => company.type(value)}
        w={{ base: '100%', xs: 220 }}
      />
      <NumberInput
        label="Least score"
        placeholder="0"
        min={0}
        max={100}
        allowDecimal={false}
        value={least.text}
        onChange={(value) => least.type(String(value))}
        w={{ base: '100%', xs: 120 }}
      />
      {onClear !== null && (
        <Button variant="subtle" onClick={clear}>
          Clear
        </Button>
      )}
    </Group>
  );
}

function Nobody({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty title="Nobody fits">Take a filter back.</Empty>;
  return (
    <Empty title="No signup has a score yet">
      Signups and their usage come in by the API (POST /api/v1/ingest/signups), as files (leadloop import) or from a
      database of your own; whoever has a company’s address appears here.
    </Empty>
  );
}

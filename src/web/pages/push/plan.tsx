import { Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { type PlanFilter, usePushPlan, usePushSummary } from '../../api/push.ts';
import { Empty } from '../../parts/empty.tsx';
import { counted, figure } from '../../parts/figures.ts';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { PauseSwitch } from './pause-switch.tsx';
import { Writes } from './writes.tsx';
import { tiers } from './words.ts';

/** The records of the plan, page by page. */
export function Plan({ connection }: { readonly connection: string }) {
  const [search] = useSearchParams();
  const filter = { tier: search.get('tier'), owner: search.get('owner'), field: search.get('field') };
  const plan = usePushPlan(connection, filter);
  const { data: summary } = usePushSummary(connection);
  const records = plan.data?.pages.flatMap((page) => page.records) ?? [];
  const looked = plan.data?.pages.reduce((sum, page) => sum + page.looked, 0) ?? 0;
  const isFiltered = Object.values(filter).some((value) => value !== null);
  const waiting = summary?.waiting ?? looked;
  const isAll = plan.isSuccess && !plan.hasNextPage;
  return (
    <Stack gap="sm" component="section" aria-labelledby="plan">
      <Group justify="space-between" gap="sm">
        <Title order={2} id="plan">
          What would be written
        </Title>
        <PauseSwitch connection={connection} />
      </Group>
      <Filters connection={connection} filter={filter} />
      {plan.isPending && <Loading what="the plan" />}
      {plan.error !== null && <ProblemNote error={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.isSuccess && records.length === 0 && isAll && <Nothing isFiltered={isFiltered} />}
      {plan.isSuccess && looked > 0 && (
        <Text size="sm" c="dimmed" role="status">
          {isFiltered
            ? `${counted(records.length, 'record')} among the first ${figure(looked)} of ${figure(Math.max(waiting, looked))} waiting`
            : `The first ${figure(looked)} of ${figure(Math.max(waiting, looked))} waiting`}
          {summary?.isCapped === true ? ' or more' : ''}
        </Text>
      )}
      {records.length > 0 && <Writes records={records} />}
      {plan.hasNextPage && (
        <Group>
          <Button variant="default" loading={plan.isFetchingNextPage} onClick={() => void plan.fetchNextPage()}>
            {isFiltered ? 'Look further' : 'More'}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty title="Nothing that waits is like that">Take a filter away to see the others.</Empty>;
  return (
    <Empty title="There is nothing to write">
      The CRM has everything that leadloop would say. After the next change of a person, of a rule or of the mapping,
      what differs stands here before it is written.
    </Empty>
  );
}

function Filters({ connection, filter }: { readonly connection: string; readonly filter: PlanFilter }) {
  const { data: summary } = usePushSummary(connection);
  const [, setSearch] = useSearchParams();
  const choose = (name: keyof PlanFilter, value: string | null): void =>
    setSearch((now) => {
      const next = new URLSearchParams(now);
      if (value === null) next.delete(name);
      else next.set(name, value);
      return next;
    });
  const select = (name: keyof PlanFilter, label: string) => ({
    label,
    placeholder: 'All',
    value: filter[name],
    clearable: true,
    searchable: name !== 'tier',
    clearButtonProps: { 'aria-label': `Show every ${name}` },
    w: { base: '100%', xs: 200 },
    onChange: (value: string | null) => choose(name, value),
  });
  const owners = summary?.owners ?? [];
  return (
    <Group align="flex-end" gap="sm">
      <Select {...select('tier', 'Tier')} data={tiers} />
      {owners.length > 0 && (
        <Select {...select('owner', 'Owner')} data={owners.map(({ id, name }) => ({ value: id, label: name }))} />
      )}
      <Select {...select('field', 'Field')} data={summary?.fields ?? []} />
    </Group>
  );
}

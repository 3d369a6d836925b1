import { Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { useEffect } from 'react';
import { useSearchParams } from 'react-router';
import { type PlanFilter, recordsOfPage, usePushPlan, usePushSummary } from '../../api/push.ts';
import { Empty } from '../../parts/empty.tsx';
import { count, number } from '../../parts/words.ts';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { PauseSwitch } from './pause-switch.tsx';
import { Writes } from './writes.tsx';

/** The records of the plan, page by page. */
export function Plan({ connection }: { readonly connection: string }) {
  const [search] = useSearchParams();
  const filter = { tier: search.get('tier'), owner: search.get('owner'), field: search.get('field') };
  return (
    <Stack gap="sm" component="section" aria-labelledby="plan">
      <Group justify="space-between" gap="sm">
        <Title order={2} id="plan">
          What would be written
        </Title>
        <PauseSwitch connection={connection} />
      </Group>
      <Filters connection={connection} filter={filter} />
      <Pages connection={connection} filter={filter} />
    </Stack>
  );
}

interface PagesProps {
  readonly connection: string;
  readonly filter: PlanFilter;
}

function Pages({ connection, filter }: PagesProps) {
  const plan = usePushPlan(connection, filter);
  const isFiltered = Object.values(filter).some((value) => value !== null);
  useGoingOn(plan, isFiltered);
  if (plan.isPending) return <Loading what="the plan" />;
  if (plan.error !== null) return <ProblemNote error={plan.error} onRetry={() => void plan.refetch()} />;
  const { pages } = plan.data;
  const records = pages.flatMap((page) => page.records);
  if (records.length === 0 && !plan.hasNextPage) return <Nothing isFiltered={isFiltered} />;
  const looked = pages.reduce((sum, page) => sum + page.looked, 0);
  return (
    <>
      <HowFar connection={connection} looked={looked} found={isFiltered ? records.length : null} />
      {records.length > 0 && <Writes records={records} />}
      {plan.hasNextPage && (
        <Group>
          <Button variant="default" loading={plan.isFetchingNextPage} onClick={() => void plan.fetchNextPage()}>
            {isFiltered ? 'Look further' : 'More'}
          </Button>
        </Group>
      )}
    </>
  );
}

/** Each request looks at some of what waits: where a filter lets few through, the next ones follow by themselves for a while. */
function useGoingOn(plan: ReturnType<typeof usePushPlan>, isFiltered: boolean): void {
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = plan;
  const pages = data?.pages ?? [];
  const found = pages.reduce((sum, page) => sum + page.records.length, 0);
  const goesOn = isFiltered && hasNextPage && found < recordsOfPage && pages.length % requestsAtOnce > 0;
  useEffect(() => {
    if (goesOn && !isFetching && !isError) void fetchNextPage();
  }, [goesOn, isFetching, isError, fetchNextPage]);
}

const requestsAtOnce = 5;

interface HowFarProps {
  readonly connection: string;
  /** How many waiting records were looked at. */
  readonly looked: number;
  /** Of these, those that the filters let through; null = there are none. */
  readonly found: number | null;
}

function HowFar({ connection, looked, found }: HowFarProps) {
  const { data: summary } = usePushSummary(connection);
  const waiting = `${number(Math.max(summary?.waiting ?? 0, looked))} waiting${summary?.isCapped === true ? ' or more' : ''}`;
  return (
    <Text size="sm" c="dimmed" role="status">
      {found === null
        ? `The first ${number(looked)} of ${waiting}`
        : `${count(found, 'record')} among the first ${number(looked)} of ${waiting}`}
    </Text>
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

function Filters({ connection, filter }: PagesProps) {
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
      <Select {...select('tier', 'Tier')} data={summary?.tiers ?? []} />
      {owners.length > 0 && (
        <Select {...select('owner', 'Owner')} data={owners.map(({ id, name }) => ({ value: id, label: name }))} />
      )}
      <Select {...select('field', 'Field')} data={summary?.fields ?? []} />
    </Group>
  );
}

import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useEffect } from 'react';
import { Link } from 'react-router';
import type { LeadLine, LeadList } from '../../../http/api/leads/schemas.ts';
import { useLeads } from '../../api/leads.ts';
import { StatusBadge, TierBadge } from '../../parts/badges.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { type Column, DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import { number } from '../../parts/words.ts';
import { useOrg } from '../../shell/org.tsx';
import { LeadFilterBar } from './filter-bar.tsx';

/** A search looks at some thousand leads a call: it goes on by itself until a screenful is found. */
const screenful = 20;

export function LeadsPage() {
  const { filters, set, clear, isFiltered } = useFilters(
    ['search', 'status', 'tier', 'segment', 'connection'],
    ['search'],
  );
  const list = useLeads(filters);
  const { isPending, error, refetch } = list;
  const [first] = list.data?.pages ?? [];
  return (
    <Page title="Leads" lead="Everybody whom a CRM or a signup has brought in, the highest score first.">
      <LeadFilterBar filters={filters} answer={first} onChange={set} onClear={isFiltered ? clear : null} />
      {isPending && <Loading what="the leads" />}
      {error !== null && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {list.data !== undefined && <Found list={list} pages={list.data.pages} isFiltered={isFiltered} />}
    </Page>
  );
}

interface FoundProps {
  readonly list: ReturnType<typeof useLeads>;
  readonly pages: readonly LeadList[];
  readonly isFiltered: boolean;
}

function Found({ list, pages, isFiltered }: FoundProps) {
  const { path } = useOrg();
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = list;
  const leads = everybody(pages);
  const isShort = leads.length < screenful;
  useEffect(() => {
    if (isShort && hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [isShort, hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
  if (leads.length === 0 && !hasNextPage) return <Nobody isFiltered={isFiltered} />;
  return (
    <>
      {leads.length > 0 && (
        <DataTable minWidth={1000} caption="Leads" columns={columns(path)} rows={leads} keyOf={({ id }) => id} />
      )}
      <Group gap="sm" role="status">
        <Text c="dimmed" size="sm">
          {isFetchingNextPage
            ? 'Looking further down…'
            : `${number(leads.length)} shown${hasNextPage ? '' : ', that is all'}`}
        </Text>
        {hasNextPage && !isFetchingNextPage && !isShort && (
          <Button variant="default" size="xs" onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        )}
      </Group>
    </>
  );
}

/** Who was looked for by their id or address comes first, and once. */
function everybody(pages: readonly LeadList[]): readonly LeadLine[] {
  const exact = pages[0]?.exact ?? null;
  const found = pages.flatMap(({ leads }) => leads);
  return exact === null ? found : [exact, ...found.filter(({ id }) => id !== exact.id)];
}

function columns(path: string): readonly Column<LeadLine>[] {
  return [
    { head: 'Score', isNumber: true, cell: ({ score }) => <Text fw={650}>{score}</Text> },
    { head: 'Tier', cell: ({ tier }) => <TierBadge tier={tier} /> },
    {
      head: 'Person',
      cell: ({ id, name, email }) => (
        <Stack gap={0} miw={230}>
          <Anchor component={Link} to={`${path}/leads/${id}`} fw={600}>
            {name ?? email ?? 'Nameless'}
          </Anchor>
          {name !== null && email !== null && (
            <Text size="sm" c="dimmed" className="anywhere">
              {email}
            </Text>
          )}
        </Stack>
      ),
    },
    {
      head: 'Company',
      cell: ({ companyName, title }) => (
        <Stack gap={0} miw={150}>
          <Text size="sm" lineClamp={1}>
            {companyName ?? '–'}
          </Text>
          {title !== null && (
            <Text size="sm" c="dimmed" lineClamp={1}>
              {title}
            </Text>
          )}
        </Stack>
      ),
    },
    {
      head: 'Status',
      cell: ({ status, mqlAt }) => (
        <Stack gap={2} align="flex-start">
          <StatusBadge status={status} />
          {mqlAt !== null && (
            <Text size="xs" c="dimmed" className="nowrap">
              MQL <Time at={mqlAt} />
            </Text>
          )}
        </Stack>
      ),
    },
    { head: 'Segment', cell: ({ segment }) => <span className="nowrap">{segment ?? '–'}</span> },
    {
      head: 'Why',
      cell: ({ reason }) => (
        <Text size="sm" c="dimmed" lineClamp={2} miw={160} maw={320}>
          {reason ?? 'not scored yet'}
        </Text>
      ),
    },
  ];
}

function Nobody({ isFiltered }: { readonly isFiltered: boolean }) {
  const { path } = useOrg();
  if (isFiltered)
    return (
      <Empty title="Nobody fits">
        Take a filter back. Somebody who is missing altogether may be in a record that could not be read: the{' '}
        <Anchor component={Link} to={`${path}/runs`}>
          runs
        </Anchor>{' '}
        name them with the reason.
      </Empty>
    );
  return (
    <Empty
      title="There are no leads yet"
      action={
        <Button component={Link} to={`${path}/connections`} mt="xs">
          Connect a CRM
        </Button>
      }
    >
      They come with the first run of a connection, and with the signups of your product.
    </Empty>
  );
}

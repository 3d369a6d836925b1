import { Alert, Anchor, Button, Group, Select, Stack, Switch, Text } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Run } from '../../../http/api/runs/schemas.ts';
import { useRuns, useStanding } from '../../api/runs.ts';
import { Empty } from '../../parts/empty.tsx';
import { duration, number } from '../../parts/words.ts';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { StandingNote } from '../../parts/standing-note.tsx';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { useMay, useOrg } from '../../shell/org.tsx';
import { type Awaited, useAwaited } from './awaited.ts';
import { LiveRun } from './live-run.tsx';
import { RunDialog } from './run-dialog.tsx';
import { RunStatus } from './status.tsx';
import { kindOf, kinds, lengthOf, statuses, subjectOf } from './words.ts';

export function RunsPage() {
  const mayRun = useMay('operator');
  const [search, setSearch] = useSearchParams();
  const [isAsking, setAsking] = useState(false);
  const awaited = useAwaited();
  const filter = {
    connection: search.get('connection'),
    kind: search.get('kind'),
    status: search.get('status'),
    looks: search.get('looks') === 'true',
  };
  const list = useRuns(filter);
  const runs = list.data?.pages.flatMap((page) => page.runs) ?? [];
  const choose = (name: string, value: string | null): void =>
    setSearch((now) => {
      const next = new URLSearchParams(now);
      if (value === null) next.delete(name);
      else next.set(name, value);
      return next;
    });
  const isFiltered = filter.connection !== null || filter.kind !== null || filter.status !== null;
  return (
    <Page
      title="Runs"
      lead="What was read from each CRM, scored and written back; the newest first."
      actions={mayRun && <Button onClick={() => setAsking(true)}>Run now</Button>}
    >
      <StandingNote />
      <div>
        <AwaitedNote {...awaited} />
        <Filters filter={filter} onChoose={choose} />
      </div>
      {runs
        .filter(({ endedAt }) => endedAt === null)
        .map((run) => (
          <LiveRun key={run.id} run={run} hasLink />
        ))}
      {list.isPending && <Loading what="the runs" />}
      {list.error !== null && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && runs.length === 0 && <NoRuns isFiltered={isFiltered} />}
      {runs.length > 0 && <RunTable runs={runs} />}
      {list.hasNextPage && (
        <Group>
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Older
          </Button>
        </Group>
      )}
      <RunDialog isOpen={isAsking} onClose={() => setAsking(false)} onAsked={awaited.wait} />
    </Page>
  );
}

function NoRuns({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty title="No run is like that">Take a filter away to see the others.</Empty>;
  return (
    <Empty title="Nothing has run yet">
      A connection runs by its schedule, or at once when somebody asks for it with “Run now”. Each run reads what has
      changed in the CRM, scores it, and writes back what differs.
    </Empty>
  );
}

function AwaitedNote({ asked, state }: Pick<Awaited, 'asked' | 'state'>) {
  return (
    <div role="status">
      {asked !== null && (
        <Alert mb="md" color={state === 'late' ? 'yellow' : 'blue'} variant="light" icon={<IconClock aria-hidden />}>
          {state === 'late'
            ? `No worker has taken the run of ${asked.connection} yet: all are busy, or none is there. leadloop doctor says which.`
            : `A run of ${asked.connection} was asked for: it begins as soon as a worker is free.`}
        </Alert>
      )}
    </div>
  );
}

interface FilterProps {
  readonly filter: Readonly<Record<'connection' | 'kind' | 'status', string | null>> & { readonly looks: boolean };
  readonly onChoose: (name: string, value: string | null) => void;
}

function Filters({ filter, onChoose }: FilterProps) {
  const { data = [] } = useStanding();
  const select = (name: 'connection' | 'kind' | 'status', label: string) => ({
    label,
    placeholder: 'All',
    value: filter[name],
    clearable: true,
    clearButtonProps: { 'aria-label': `Show every ${name}` },
    w: { base: '100%', xs: 180 },
    onChange: (value: string | null) => onChoose(name, value),
  });
  return (
    <Group align="flex-end" gap="sm">
      <Select {...select('connection', 'Connection')} data={data.map(({ name }) => name)} />
      <Select {...select('kind', 'Kind')} data={[...kinds]} />
      <Select {...select('status', 'Status')} data={statuses.map(({ value, label }) => ({ value, label }))} />
      <Switch
        label="Looks and webhooks, too"
        checked={filter.looks}
        mb={8}
        onChange={(event) => onChoose('looks', event.currentTarget.checked ? 'true' : null)}
      />
    </Group>
  );
}

function RunTable({ runs }: { readonly runs: readonly Run[] }) {
  const { path } = useOrg();
  return (
    <DataTable
      caption="Runs"
      rows={runs}
      keyOf={({ id }) => id}
      columns={[
        {
          head: 'Began',
          cell: ({ id, startedAt }) => (
            <Anchor component={Link} to={`${path}/runs/${id}`} size="sm">
              <Time at={startedAt} />
            </Anchor>
          ),
        },
        { head: 'Of', cell: (run) => subjectOf(run) },
        { head: 'Kind', cell: ({ kind }) => kindOf(kind) },
        { head: 'Status', cell: (run) => <StatusCell {...run} /> },
        { head: 'Took', isNumber: true, cell: (run) => duration(lengthOf(run, Date.now())) },
        { head: 'Read', isNumber: true, cell: ({ counts }) => <Count value={counts.pulled + counts.events} /> },
        { head: 'Scored', isNumber: true, cell: ({ counts }) => <Count value={counts.scored} /> },
        { head: 'Written', isNumber: true, cell: ({ counts }) => <Count value={counts.pushed} /> },
        {
          head: 'Rejected',
          isNumber: true,
          cell: ({ counts }) => <Count value={counts.rejected + counts.nulled + counts.pushRejected} />,
        },
        { head: 'API calls', isNumber: true, cell: ({ counts }) => <Count value={counts.apiCalls} /> },
      ]}
    />
  );
}

function StatusCell({ status, failure }: Run) {
  return (
    <Stack gap={2} align="flex-start">
      <RunStatus status={status} />
      {failure !== null && (
        <Text size="xs" c="dimmed" maw={260}>
          {failure.message}
        </Text>
      )}
    </Stack>
  );
}

/** Nothing is dimmed: what happened stands out. */
function Count({ value }: { readonly value: number }) {
  if (value > 0) return <>{number(value)}</>;
  return (
    <Text span size="sm" c="dimmed">
      0
    </Text>
  );
}

import { Alert, Anchor, Badge, Code, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPause } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import type { RunDetail } from '../../../http/api/runs/schemas.ts';
import { useRun } from '../../api/runs.ts';
import { duration, number } from '../../parts/words.ts';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { StandingNote } from '../../parts/standing-note.tsx';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { useOrg } from '../../shell/org.tsx';
import { LiveRun } from './live-run.tsx';
import { RunStatus } from './status.tsx';
import { kindOf, lanes, lengthOf, subjectOf } from './words.ts';

export function RunPage() {
  const { run: id = '' } = useParams();
  const { path } = useOrg();
  const run = useRun(id);
  return (
    <Page
      title={run.data === undefined ? 'Run' : `${subjectOf(run.data)}: ${kindOf(run.data.kind)}`}
      lead={
        <Anchor component={Link} to={`${path}/runs`} size="sm">
          All runs
        </Anchor>
      }
    >
      {run.isPending && <Loading what="the run" />}
      {run.error !== null && <ProblemNote error={run.error} onRetry={() => void run.refetch()} />}
      {run.data !== undefined && <Story run={run.data} />}
    </Page>
  );
}

function Story({ run }: { readonly run: RunDetail }) {
  const { connection, status, startedAt, endedAt, tickAt, failure, paused } = run;
  return (
    <>
      <Group gap="md">
        <RunStatus status={status} />
        <Text size="sm">
          began <Time at={startedAt} />, {tickAt === null ? 'by hand' : 'by its schedule'}
        </Text>
        {endedAt !== null && <Text size="sm">took {duration(lengthOf(run, Date.now()))}</Text>}
      </Group>
      {connection !== null && <StandingNote only={connection} />}
      {endedAt === null && <LiveRun run={run} />}
      {failure !== null && (
        <Alert
          color={status === 'failed' ? 'red' : 'yellow'}
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          title={failure.message}
        >
          <Text size="sm">{failure.remedy}</Text>
          <Code mt="xs">{failure.code}</Code>
        </Alert>
      )}
      {paused !== null && (
        <Alert color="yellow" variant="light" icon={<IconPlayerPause aria-hidden />} title="A part was left out">
          {paused}
        </Alert>
      )}
      <Counts run={run} />
      <Lanes run={run} />
      <Problems run={run} />
    </>
  );
}

function Counts({ run: { connection, source, counts } }: { readonly run: RunDetail }) {
  const { path } = useOrg();
  const rejected = counts.rejected + counts.nulled + counts.pushRejected;
  const name = connection ?? source;
  return (
    <SimpleGrid cols={{ base: 2, xs: 3, md: 4 }} spacing="sm">
      <Fact label="Records read" value={counts.pulled} more={`${number(counts.changed)} had changed`} />
      <Fact label="New people" value={counts.created} more={`${number(counts.gone)} records gone`} />
      <Fact label="Events read" value={counts.events} />
      <Fact label="Scored" value={counts.scored} more={`${number(counts.transitions)} changed their status`} />
      <Fact label="Written to the CRM" value={counts.pushed} more={`${number(counts.planned)} had waited`} />
      <Fact label="Deferred by the CRM" value={counts.pushDeferred} />
      <Fact
        label="Rejected"
        value={rejected}
        more={
          rejected > 0 && name !== null ? (
            <Anchor component={Link} to={`${path}/rejected`} size="xs">
              what and why
            </Anchor>
          ) : undefined
        }
      />
      <Fact label="API calls" value={counts.apiCalls} />
    </SimpleGrid>
  );
}

interface FactProps {
  readonly label: string;
  readonly value: number;
  readonly more?: ReactNode;
}

function Fact({ label, value, more }: FactProps) {
  return (
    <Paper withBorder p="sm">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz="xl" fw={650} className="numbers">
        {number(value)}
      </Text>
      {more !== undefined && (
        <Text size="xs" c="dimmed" component="div">
          {more}
        </Text>
      )}
    </Paper>
  );
}

function Lanes({ run }: { readonly run: RunDetail }) {
  if (run.lanes.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2}>What was read</Title>
      <DataTable
        caption="What was read"
        rows={run.lanes}
        keyOf={({ object, lane }) => `${object} ${lane}`}
        columns={[
          { head: 'Object', cell: ({ object }) => object },
          { head: 'Of it', cell: ({ lane }) => lanes[lane] },
          { head: 'Records', isNumber: true, cell: ({ records }) => number(records) },
          { head: 'API calls', isNumber: true, cell: ({ calls }) => number(calls) },
        ]}
      />
    </Stack>
  );
}

function Problems({ run: { problems } }: { readonly run: RunDetail }) {
  if (problems.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2}>Fields to look at</Title>
      <DataTable
        caption="Fields to look at"
        rows={problems}
        keyOf={({ object, direction, field, code }) => `${object} ${direction} ${field} ${code}`}
        columns={[
          {
            head: 'Field',
            cell: ({ object, field }) => (
              <>
                {object} <Code>{field}</Code>
              </>
            ),
          },
          {
            head: 'State',
            cell: ({ severity }) => (
              <Badge color={severity === 'pauses' ? 'red' : 'yellow'}>
                {severity === 'pauses' ? 'left out' : 'works'}
              </Badge>
            ),
          },
          {
            head: 'Why, and what to do',
            cell: ({ message, remedy }) => (
              <Stack gap={0}>
                <Text size="sm">{message}</Text>
                <Text size="xs" c="dimmed">
                  {remedy}
                </Text>
              </Stack>
            ),
          },
        ]}
      />
    </Stack>
  );
}

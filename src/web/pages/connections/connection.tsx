import { Alert, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPause, IconPlayerPlay, IconStethoscope } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { ConnectionDetail } from '../../../http/api/connections/schemas.ts';
import { useCheckConnection, useResumeConnection } from '../../api/connections.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { count, countedNumber } from '../../parts/words.ts';
import { useMay } from '../../shell/org.tsx';
import { Findings } from './findings.tsx';
import { ConnectionFrame } from './frame.tsx';
import { LiftedElsewhere, PauseDialog } from './pause.tsx';
import { NextRuns } from './schedule.tsx';
import { Calls, LastRun } from './state.tsx';

export function ConnectionPage() {
  const isOperator = useMay('operator');
  const [isPausing, setPausing] = useState(false);
  const check = useCheckConnection();
  return (
    <ConnectionFrame
      tab="overview"
      actions={({ connection: { name } }) =>
        isOperator && (
          <>
            <Button
              variant="default"
              leftSection={<IconStethoscope size={16} aria-hidden />}
              loading={check.isPending}
              onClick={() => check.mutate(name)}
            >
              Check now
            </Button>
            <Button
              variant="default"
              leftSection={<IconPlayerPause size={16} aria-hidden />}
              onClick={() => setPausing(true)}
            >
              Pause
            </Button>
          </>
        )
      }
    >
      {(detail) => (
        <Stack>
          {check.error !== null && <ProblemNote error={check.error} />}
          {check.data !== undefined && (
            <Paper withBorder p="md">
              <Title order={2} mb="xs">
                What the check found
              </Title>
              <Findings findings={check.data.findings} />
            </Paper>
          )}
          <Overview detail={detail} />
          <PauseDialog name={detail.connection.name} isOpen={isPausing} onClose={() => setPausing(false)} />
        </Stack>
      )}
    </ConnectionFrame>
  );
}

function Overview({ detail }: { readonly detail: ConnectionDetail }) {
  const { connection, nextRuns } = detail;
  const { health, timezone, countedUpTo } = connection;
  const counted = (some: number): string => countedNumber(some, countedUpTo);
  return (
    <Stack>
      {health !== null && health.state !== 'healthy' && (
        <Alert
          color={health.state === 'paused' ? 'red' : 'orange'}
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          title={health.message ?? 'Its runs fail'}
        >
          <Text size="sm">{health.remedy}</Text>
          <Text size="sm" c="dimmed">
            Since <Time at={health.since} />; tried again <Time at={health.tryAgainAt} never="at the next run" />.
          </Text>
        </Alert>
      )}
      <Pauses detail={detail} />
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
        <Card title="Last run">
          <LastRun connection={connection} />
          {connection.lastRun?.failure !== undefined && connection.lastRun.failure !== null && (
            <Text size="sm" c="dimmed">
              {connection.lastRun.failure}
            </Text>
          )}
          <Text size="sm" c="dimmed">
            Last success <Time at={connection.lastSuccessAt} never="not yet" />
          </Text>
        </Card>
        <Card title="Calls today">
          <Calls connection={connection} />
          <Quota detail={detail} />
        </Card>
        <Card title="Waiting to be written">
          <Text fz="xl" fw={650} className="numbers">
            {counted(connection.waiting)}
          </Text>
          <Text size="sm" c="dimmed">
            {connection.pushMode === 'auto' ? 'Written by each run.' : 'In plan mode: shown, and not written.'}
          </Text>
        </Card>
        <Card title="Left aside">
          <Text fz="xl" fw={650} className="numbers">
            {counted(connection.rejected + connection.refused)}
          </Text>
          <Text size="sm" c="dimmed">
            {count(connection.rejected, 'record', countedUpTo)} that could not be read,{' '}
            {count(connection.refused, 'write', countedUpTo)} that the CRM refused.
          </Text>
        </Card>
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <NextRuns schedule={connection.schedule} runs={nextRuns} timezone={timezone} />
        <Facts detail={detail} />
      </SimpleGrid>
    </Stack>
  );
}

function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} fz="sm" fw={600} mb="xs">
        {title}
      </Title>
      <Stack gap={4}>{children}</Stack>
    </Paper>
  );
}

/** What the whole account has, which other programs use as well. */
function Quota({ detail: { connection } }: { readonly detail: ConnectionDetail }) {
  const { pool, waitsUntil } = connection;
  if (pool === null) return null;
  return (
    <Text size="sm" c="dimmed">
      {pool.accountRemaining !== null && pool.max !== null && (
        <>
          The account has {pool.accountRemaining.toLocaleString('en-GB')} of {pool.max.toLocaleString('en-GB')}{' '}
          left.{' '}
        </>
      )}
      Our share is whole again <Time at={pool.resetAt} />.
      {waitsUntil !== null && (
        <>
          {' '}
          What waits for calls goes on <Time at={waitsUntil} />.
        </>
      )}
    </Text>
  );
}

function Facts({ detail }: { readonly detail: ConnectionDetail }) {
  const { configuration, credentials, accountId, createdAt } = detail;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Address', configuration.baseUrl ?? 'the CRM’s own'],
    ['Account', accountId ?? 'known after the first run'],
    ['Login', credentials.login ?? 'none'],
    ['Login stored', <Time key="since" at={credentials.since} never="not noted" />],
    ['Connected', <Time key="made" at={createdAt} />],
  ];
  return (
    <Paper withBorder p="md">
      <Text size="sm" fw={600} mb="xs">
        About it
      </Text>
      {facts.map(([name, value]) => (
        <Group key={name} gap="sm" wrap="nowrap" justify="space-between">
          <Text size="sm" c="dimmed">
            {name}
          </Text>
          <Text size="sm" ta="right" style={{ overflowWrap: 'anywhere' }} component="div">
            {value}
          </Text>
        </Group>
      ))}
    </Paper>
  );
}

const directions = { pull: 'Reading', push: 'Writing', all: 'Everything' } as const;

function Pauses({ detail: { connection } }: { readonly detail: ConnectionDetail }) {
  const isOperator = useMay('operator');
  const resume = useResumeConnection();
  const waits = connection.health?.tryAgainAt ?? null;
  if (connection.pauses.length === 0 && waits === null) return null;
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        {resume.error !== null && <ProblemNote error={resume.error} />}
        {connection.pauses.map(({ of, direction, reason, since }) => (
          <Group key={`${of} ${direction}`} justify="space-between">
            <Text size="sm">
              <Text span fw={600}>
                {directions[direction]}
              </Text>{' '}
              {of === 'org' ? 'of the whole organisation ' : ''}is paused since <Time at={since} />: {reason}
            </Text>
            {of === 'org' && <LiftedElsewhere />}
            {isOperator && of === 'connection' && (
              <Button
                size="xs"
                variant="default"
                leftSection={<IconPlayerPlay size={14} aria-hidden />}
                aria-label={`Resume ${directions[direction].toLowerCase()}`}
                loading={resume.isPending}
                onClick={() => resume.mutate({ name: connection.name, direction })}
              >
                Resume
              </Button>
            )}
          </Group>
        ))}
        {waits !== null && (
          <Group justify="space-between">
            <Text size="sm">
              After its failures it waits, and is tried again <Time at={waits} />.
            </Text>
            {isOperator && (
              <Button
                size="xs"
                variant="default"
                loading={resume.isPending}
                onClick={() => resume.mutate({ name: connection.name, direction: 'all' })}
              >
                Try at once
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

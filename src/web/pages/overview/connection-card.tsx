import { Anchor, Badge, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { OverviewConnection, OverviewSource } from '../../../http/api/overview/schemas.ts';
import { Time } from '../../parts/time.tsx';
import { count, countedNumber, duration, number } from '../../parts/words.ts';
import { useOrg } from '../../shell/org.tsx';

/** How a connection fares: what is wrong first, then how fresh it is, what waits, and what it may still call today. */
export function ConnectionCard({ connection }: { readonly connection: OverviewConnection }) {
  const { path } = useOrg();
  const { name, kind, lastSuccessAt, nextRunAt, freshness, rejected, refused, countedUpTo } = connection;
  const [label, color] = stateOf(connection);
  return (
    <Paper withBorder p="md" component="article" aria-label={name}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Title order={3} fz="md">
            <Anchor component={Link} to={`${path}/connections/${name}`} inherit>
              {name}
            </Anchor>{' '}
            <Text span c="dimmed" size="sm" fw={400}>
              {kind}
            </Text>
          </Title>
          <Badge color={color}>{label}</Badge>
        </Group>
        <Wrong {...connection} />
        <Facts
          facts={[
            ['Last success', <Time key="success" at={lastSuccessAt} />],
            ['Next run', <Time key="next" at={nextRunAt} never="only by hand" />],
            [
              'Fresh',
              freshness === null
                ? 'no change in the last hour'
                : `95 of 100 within ${duration(1_000 * freshness.p95Seconds)}`,
            ],
            ['Waiting writes', waitingOf(connection)],
            ...(refused > 0 ? [['Refused writes', countedNumber(refused, countedUpTo)] as const] : []),
            ...(rejected > 0 ? [['Rejected', count(rejected, 'record', countedUpTo)] as const] : []),
          ]}
        />
        <Quota {...connection} />
      </Stack>
    </Paper>
  );
}

type Standing = Pick<OverviewConnection, 'health' | 'runs' | 'lastRun'>;

/** What is wrong, and what to do about it; what somebody has paused. */
function Wrong({ health, runs, lastRun }: Standing) {
  const failure = lastRun?.failure ?? null;
  if (health !== null && health.state !== 'healthy')
    return (
      <Text size="sm">
        {health.message} <b>{health.remedy}</b>
      </Text>
    );
  return (
    <>
      {runs.reason !== null && <Text size="sm">{runs.reason}</Text>}
      {failure !== null && (
        <Text size="sm">
          {failure.message} <b>{failure.remedy}</b>
        </Text>
      )}
    </>
  );
}

export function SourceCard({ source }: { readonly source: OverviewSource }) {
  const { name, kind, lastSuccessAt, nextRunAt, rejected, countedUpTo } = source;
  const [label, color] = stateOf(source);
  return (
    <Paper withBorder p="md" component="article" aria-label={`Source ${name}`}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Title order={3} fz="md">
            {name}{' '}
            <Text span c="dimmed" size="sm" fw={400}>
              source of {kind}
            </Text>
          </Title>
          <Badge color={color}>{label}</Badge>
        </Group>
        <Wrong {...source} />
        <Facts
          facts={[
            ['Last success', <Time key="success" at={lastSuccessAt} />],
            ['Next run', <Time key="next" at={nextRunAt} never="only by hand" />],
            ...(rejected > 0 ? [['Rejected', count(rejected, 'row', countedUpTo)] as const] : []),
          ]}
        />
      </Stack>
    </Paper>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="numbers">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function stateOf({ health, runs, lastRun }: Standing): readonly [string, string] {
  if (health?.state === 'paused') return ['needs you', 'red'];
  if (health?.state === 'failing') return [`failing, ${health.failuresInRow} in a row`, 'red'];
  if (runs.reason !== null) return ['paused', 'yellow'];
  if (lastRun?.status === 'running') return ['running', 'blue'];
  if (lastRun?.failure?.code === 'push-held') return ['push held', 'yellow'];
  return lastRun === null ? ['no run yet', 'gray'] : ['healthy', 'green'];
}

function waitingOf({ waiting, pushMode, countedUpTo }: OverviewConnection): string {
  const { urgent, hot, scores, rest } = waiting;
  const all = urgent + hot + scores + rest;
  if (all === 0) return 'none';
  const first = urgent > 0 ? `, ${countedNumber(urgent, countedUpTo)} with a new status or tier` : '';
  return `${countedNumber(all, countedUpTo)}${first}${pushMode === 'plan' ? ' (only planned)' : ''}`;
}

function Quota({ quota, countedUpTo }: Pick<OverviewConnection, 'quota' | 'countedUpTo'>) {
  if (quota === null) return null;
  const { used, share, resetAt, waits, remedy } = quota;
  const text =
    share === null ? `${count(used, 'API call')} today` : `${number(used)} of our ${number(share)} API calls`;
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{text}</Text>
        <Text size="sm" c="dimmed">
          anew <Time at={resetAt} />
        </Text>
      </Group>
      {share !== null && share > 0 && (
        <Progress
          value={Math.min(100, (100 * used) / share)}
          color={used >= share ? 'red' : 'indigo'}
          size="sm"
          aria-label={text}
        />
      )}
      {waits !== null && (
        <Text size="sm">
          {countedNumber(waits.pushes, countedUpTo)} {waits.pushes === 1 ? 'write waits' : 'writes wait'} until{' '}
          <Time at={waits.until} />. {remedy}
        </Text>
      )}
    </div>
  );
}

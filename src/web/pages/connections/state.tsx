import { Badge, Progress, Stack, Text } from '@mantine/core';
import type { Connection } from '../../../http/api/connections/schemas.ts';
import { Time } from '../../parts/time.tsx';

interface State {
  readonly label: string;
  readonly color: string;
  /** Null = there is nothing to add. */
  readonly why: string | null;
}

/** How a connection stands, in a word: what keeps it from running comes before how it fared. */
export function stateOf(connection: Connection): State {
  const { health, lastRun } = connection;
  if (lastRun?.status === 'running') return { label: 'Running', color: 'blue', why: null };
  if (health?.state === 'paused') return { label: 'Needs you', color: 'red', why: health.message };
  const held = heldBack(connection);
  if (held?.label === 'Paused') return held;
  if (health?.state === 'failing') return { label: 'Failing', color: 'orange', why: health.message };
  return held ?? (health === null ? byLastRun(connection) : healthy);
}

/** By people; null = everything may run. */
function heldBack({ runs: { pull, push, reason, until } }: Connection): State | null {
  // Until a time: it waits after failures.
  if (until !== null || (pull && push)) return null;
  if (!pull && !push) return { label: 'Paused', color: 'gray', why: reason };
  return { label: pull ? 'Writing paused' : 'Reading paused', color: 'yellow', why: reason };
}

/** Of one whose first run has only just ended. */
function byLastRun({ lastRun }: Connection): State {
  if (lastRun === null) return { label: 'Has not run yet', color: 'gray', why: null };
  return lastRun.status === 'failed' ? { label: 'Failing', color: 'orange', why: lastRun.failure } : healthy;
}

const healthy: State = { label: 'Healthy', color: 'green', why: null };

export function StateBadge({ connection }: { readonly connection: Connection }) {
  const { label, color } = stateOf(connection);
  return <Badge color={color}>{label}</Badge>;
}

const number = new Intl.NumberFormat('en-GB');

/** The calls of today: ours of our share. */
export function Calls({ connection: { pool } }: { readonly connection: Connection }) {
  if (pool === null)
    return (
      <Text size="sm" c="dimmed">
        none yet
      </Text>
    );
  if (pool.share === null)
    return (
      <Text size="sm" className="numbers">
        {number.format(pool.used)}
      </Text>
    );
  const percent = Math.min(100, (100 * pool.used) / Math.max(1, pool.share));
  return (
    <Stack gap={4} miw={130}>
      <Text className="numbers" size="sm">
        {number.format(pool.used)}{' '}
        <Text span c="dimmed">
          of {number.format(pool.share)}
        </Text>
      </Text>
      <Progress
        value={percent}
        size="sm"
        color={percent >= 90 ? 'red' : percent >= 70 ? 'orange' : 'indigo'}
        aria-label={`${Math.round(percent)} % of today’s share is used`}
      />
    </Stack>
  );
}

const endings = {
  running: 'runs since',
  succeeded: 'went well',
  partial: 'in part',
  failed: 'failed',
  cancelled: 'was stopped',
} as const;

export function LastRun({ connection: { lastRun } }: { readonly connection: Connection }) {
  if (lastRun === null)
    return (
      <Text size="sm" c="dimmed">
        never
      </Text>
    );
  const { status, startedAt, endedAt } = lastRun;
  return (
    <Text size="sm">
      {endings[status]} <Time at={endedAt ?? startedAt} />
    </Text>
  );
}

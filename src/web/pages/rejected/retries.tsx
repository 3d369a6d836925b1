import { Badge, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { RejectedRecord } from '../../../http/api/rejected/schemas.ts';
import { useRetryRecord } from '../../api/rejected.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';

interface Asked {
  /** As often it had been seen then: another number says that it was tried. */
  readonly times: number;
  /** Nothing has come of it for so long that nobody looks any more. */
  readonly isLate: boolean;
}

export interface Retries {
  /** It was asked for, and no worker has come to it yet: it is worth looking whether one has. */
  readonly isAwaited: (record: RejectedRecord) => boolean;
  /** What came of it; null = it was not asked for. */
  readonly outcomeOf: (record: RejectedRecord) => 'rejected again' | 'nothing yet' | null;
  readonly note: (record: RejectedRecord) => void;
}

/** A worker that is free takes seconds; after so long it is not looked any more. */
const patienceMs = 60_000;

/** Which records somebody has asked to be tried again, on this page. */
export function useRetries(): Retries {
  const [asked, setAsked] = useState<ReadonlyMap<number, Asked>>(new Map());
  const note = ({ id, times }: RejectedRecord): void => {
    const wish: Asked = { times, isLate: false };
    setAsked((now) => new Map(now).set(id, wish));
    window.setTimeout(
      () => setAsked((now) => (now.get(id) === wish ? new Map(now).set(id, { times, isLate: true }) : now)),
      patienceMs,
    );
  };
  return {
    note,
    isAwaited({ id, times }) {
      const wish = asked.get(id);
      return wish?.times === times && !wish.isLate;
    },
    outcomeOf({ id, times }) {
      const wish = asked.get(id);
      if (wish === undefined) return null;
      return wish.times === times ? 'nothing yet' : 'rejected again';
    },
  };
}

interface Props {
  readonly record: RejectedRecord;
  readonly retries: Retries;
}

/** Tries one record again, and says how that ended; where it has come right, its row is gone. */
export function RetryRecord({ record, retries }: Props) {
  const retry = useRetryRecord();
  const { id, object, externalId, stage, isRetryable } = record;
  if (!isRetryable) {
    return (
      <Text size="xs" c="dimmed" maw={140}>
        comes with the next sync
      </Text>
    );
  }
  const outcome = retries.outcomeOf(record);
  if (retries.isAwaited(record)) {
    return (
      <Group gap={6} wrap="nowrap" role="status">
        <Loader size={12} aria-hidden />
        <Text size="xs">{stage === 'push' ? 'waits for the next push' : 'waits for a worker'}</Text>
      </Group>
    );
  }
  return (
    <Stack gap={4} align="flex-start">
      <Button
        size="compact-xs"
        variant="default"
        loading={retry.isPending}
        aria-label={`Retry ${object} ${externalId}`}
        onClick={() => retry.mutate(id, { onSuccess: () => retries.note(record) })}
      >
        Retry
      </Button>
      {outcome !== null && (
        <Badge color="orange" role="status">
          {outcome === 'nothing yet' ? 'nothing came of it yet' : 'still rejected'}
        </Badge>
      )}
      {retry.error !== null && <ProblemNote error={retry.error} />}
    </Stack>
  );
}

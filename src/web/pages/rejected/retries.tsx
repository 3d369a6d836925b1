import { Badge, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { RejectedRecord } from '../../../http/api/rejected/schemas.ts';
import { useRetryRecord } from '../../api/rejected.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';

interface Asked {
  /** As often it had been seen then: another number says that it was tried. */
  readonly times: number;
  readonly at: number;
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
  const [, setOver] = useState(0);
  // Nobody else says that the time is over.
  useEffect(() => {
    if (asked.size === 0) return undefined;
    const timer = window.setTimeout(() => setOver(Date.now()), patienceMs);
    return () => window.clearTimeout(timer);
  }, [asked]);
  return {
    isAwaited: ({ id, times }) => asked.get(id)?.times === times && Date.now() - (asked.get(id)?.at ?? 0) < patienceMs,
    outcomeOf({ id, times }) {
      const wish = asked.get(id);
      if (wish === undefined) return null;
      return wish.times === times ? 'nothing yet' : 'rejected again';
    },
    note: ({ id, times }) => setAsked((now) => new Map(now).set(id, { times, at: Date.now() })),
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

import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { usePausePush, usePushSummary } from '../../api/push.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useMay } from '../../shell/org.tsx';
import { PauseDialog } from './pause-dialog.tsx';

/** Stops and starts what is written to a connection. */
export function PauseSwitch({ connection }: { readonly connection: string }) {
  const mayStop = useMay('operator');
  const { data: summary } = usePushSummary(connection);
  const pausePush = usePausePush(connection);
  const [isAsking, setAsking] = useState(false);
  if (!mayStop || summary === undefined) return null;
  const isPaused = summary.holds.some(({ kind }) => kind === 'paused');
  return (
    <Stack gap="xs">
      {isPaused ? (
        <Button variant="default" loading={pausePush.isPending} onClick={() => pausePush.mutate(null)}>
          Resume writes
        </Button>
      ) : (
        <Button variant="default" onClick={() => setAsking(true)}>
          Pause writes
        </Button>
      )}
      {pausePush.error !== null && <ProblemNote error={pausePush.error} />}
      <PauseDialog connection={connection} isOpen={isAsking} onClose={() => setAsking(false)} />
    </Stack>
  );
}

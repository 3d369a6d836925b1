import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { useResumeConnection } from '../../api/connections.ts';
import { usePushSummary } from '../../api/push.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useMay } from '../../shell/org.tsx';
import { PauseDialog } from '../connections/pause.tsx';

/** Stops and starts what is written to a connection. */
export function PauseSwitch({ connection }: { readonly connection: string }) {
  const mayStop = useMay('operator');
  const { data: summary } = usePushSummary(connection);
  const resume = useResumeConnection();
  const [isAsking, setAsking] = useState(false);
  if (!mayStop || summary === undefined) return null;
  const isPaused = summary.holds.some(({ kind }) => kind === 'paused');
  return (
    <Stack gap="xs">
      {isPaused ? (
        <Button
          variant="default"
          loading={resume.isPending}
          onClick={() => resume.mutate({ name: connection, direction: 'push' })}
        >
          Resume writes
        </Button>
      ) : (
        <Button variant="default" onClick={() => setAsking(true)}>
          Pause writes
        </Button>
      )}
      {resume.error !== null && <ProblemNote error={resume.error} />}
      <PauseDialog name={connection} only="push" isOpen={isAsking} onClose={() => setAsking(false)} />
    </Stack>
  );
}

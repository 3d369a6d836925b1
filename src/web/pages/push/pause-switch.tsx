import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useResumeConnection } from '../../api/connections.ts';
import { useStanding } from '../../api/runs.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useMay } from '../../shell/org.tsx';
import { LiftedElsewhere, PauseDialog } from '../connections/pause.tsx';

/** Stops and starts what is written to a connection. */
export function PauseSwitch({ connection }: { readonly connection: string }) {
  const mayStop = useMay('operator');
  const { data: standing } = useStanding();
  const resume = useResumeConnection();
  const [isAsking, setAsking] = useState(false);
  const pauses = standing
    ?.find(({ name }) => name === connection)
    ?.pauses.filter(({ direction }) => direction !== 'pull');
  if (!mayStop || pauses === undefined) return null;
  const isOwn = pauses.some(({ of }) => of === 'connection');
  return (
    <Stack gap="xs">
      {pauses.some(({ of }) => of === 'org') && (
        <div>
          <Text size="sm">The whole organisation is paused.</Text>
          <LiftedElsewhere />
        </div>
      )}
      {isOwn && (
        <Button
          variant="default"
          loading={resume.isPending}
          onClick={() => resume.mutate({ name: connection, direction: 'push' })}
        >
          Resume writes
        </Button>
      )}
      {pauses.length === 0 && (
        <Button variant="default" onClick={() => setAsking(true)}>
          Pause writes
        </Button>
      )}
      {resume.error !== null && <ProblemNote error={resume.error} />}
      <PauseDialog name={connection} only="push" isOpen={isAsking} onClose={() => setAsking(false)} />
    </Stack>
  );
}

import { Button, Checkbox, Group, Select, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { AskedRun } from '../../../http/api/runs/schemas.ts';
import { useAskRun, useStanding } from '../../api/runs.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { StandingNote } from '../../parts/standing-note.tsx';

interface Props {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onAsked: (asked: AskedRun) => void;
}

const fresh = { full: false, pullOnly: false };

/** Asks a worker for a run. */
export function RunDialog({ isOpen, onClose, onAsked }: Props) {
  const { data = [] } = useStanding();
  const ask = useAskRun();
  const [chosen, setChosen] = useState<string | null>(null);
  const [wish, setWish] = useState(fresh);
  const connection = chosen ?? data[0]?.name ?? null;
  const close = (): void => {
    setChosen(null);
    setWish(fresh);
    ask.reset();
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (connection === null) return;
    ask.mutate(
      { connection, ...wish },
      {
        onSuccess: (asked) => {
          close();
          onAsked(asked);
        },
      },
    );
  };
  return (
    <Dialog isOpen={isOpen} isBusy={ask.isPending} onClose={close} title="Run a connection now">
      <form onSubmit={submit}>
        <Stack>
          <Select
            label="Connection"
            data={data.map(({ name }) => name)}
            value={connection}
            allowDeselect={false}
            data-autofocus
            onChange={setChosen}
          />
          <Checkbox
            label="Read everything again"
            description="Otherwise what has changed since the last run, which takes far fewer API calls."
            checked={wish.full}
            onChange={(event) => setWish({ ...wish, full: event.currentTarget.checked })}
          />
          <Checkbox
            label="Write nothing"
            description="Read and score; what would be written waits, and the page Push shows it."
            checked={wish.pullOnly}
            onChange={(event) => setWish({ ...wish, pullOnly: event.currentTarget.checked })}
          />
          <StandingNote only={connection} />
          {ask.error !== null && <ProblemNote error={ask.error} />}
          <Group justify="flex-end">
            <Button variant="default" data-disabled={ask.isPending} onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={ask.isPending} disabled={connection === null}>
              Run it
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

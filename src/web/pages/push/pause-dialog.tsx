import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { usePausePush } from '../../api/push.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';

interface Props {
  readonly connection: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function PauseDialog({ connection, isOpen, onClose }: Props) {
  const pausePush = usePausePush(connection);
  const [reason, setReason] = useState('');
  const close = (): void => {
    setReason('');
    pausePush.reset();
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    pausePush.mutate({ reason: reason.trim() === '' ? null : reason.trim() }, { onSuccess: close });
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={`Pause what is written to ${connection}?`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">
            It goes on reading and scoring; what is to be written waits here until somebody resumes it. A write that is
            on its way ends first.
          </Text>
          <TextInput
            label="Why"
            description="Whoever wonders later reads it"
            maxLength={200}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {pausePush.error !== null && <ProblemNote error={pausePush.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={pausePush.isPending}>
              Pause writes
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

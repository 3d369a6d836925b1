import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type PauseDirection, usePauseConnection } from '../../api/connections.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';

const choices: readonly { readonly value: PauseDirection; readonly label: string; readonly description: string }[] = [
  { value: 'push', label: 'Writing', description: 'Leads are read and scored; the CRM stays as it is.' },
  { value: 'pull', label: 'Reading', description: 'What is known is written; nothing new comes in.' },
  { value: 'all', label: 'Both', description: 'Nothing runs until somebody resumes it.' },
];

interface Props {
  readonly name: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function PauseDialog({ name, isOpen, onClose }: Props) {
  const pause = usePauseConnection();
  const [direction, setDirection] = useState<PauseDirection>('push');
  const [reason, setReason] = useState('');
  const close = (): void => {
    pause.reset();
    setReason('');
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    pause.mutate({ name, direction, reason: reason.trim() || null }, { onSuccess: close });
  };
  return (
    <Modal opened={isOpen} onClose={close} title={`Pause ${name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <Radio.Group
            label="What is to stop"
            value={direction}
            onChange={(value) => setDirection(choices.find((one) => one.value === value)?.value ?? 'push')}
          >
            <Stack gap="xs" mt="xs">
              {choices.map((choice) => (
                <Radio key={choice.value} {...choice} />
              ))}
            </Stack>
          </Radio.Group>
          <TextInput
            label="Why"
            description="The others read it; name nobody"
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {pause.error !== null && <ProblemNote error={pause.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={pause.isPending}>
              Pause
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

import { Button, Code, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type PauseDirection, usePauseConnection } from '../../api/connections.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useOrg } from '../../shell/org.tsx';

const choices: readonly { readonly value: PauseDirection; readonly label: string; readonly description: string }[] = [
  {
    value: 'push',
    label: 'Writing',
    description: 'Leads are read and scored; what is to be written waits until somebody resumes it.',
  },
  { value: 'pull', label: 'Reading', description: 'What is known is written; nothing new comes in.' },
  { value: 'all', label: 'Both', description: 'Nothing runs until somebody resumes it.' },
];

interface Props {
  readonly name: string;
  /** Left out = somebody chooses. */
  readonly only?: PauseDirection;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function PauseDialog({ name, only, isOpen, onClose }: Props) {
  const pause = usePauseConnection();
  const [direction, setDirection] = useState<PauseDirection>(only ?? 'push');
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
    <Dialog
      isOpen={isOpen}
      isBusy={pause.isPending}
      onClose={close}
      title={only === undefined ? `Pause ${name}` : `Pause what is written to ${name}`}
    >
      <form onSubmit={submit}>
        <Stack>
          {only === undefined ? (
            <Direction value={direction} onChange={setDirection} />
          ) : (
            <Text size="sm">{choices.find(({ value }) => value === only)?.description}</Text>
          )}
          <TextInput
            label="Why"
            description="The others read it; name nobody"
            maxLength={500}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {pause.error !== null && <ProblemNote error={pause.error} />}
          <Group justify="flex-end">
            <Button variant="default" data-disabled={pause.isPending} onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={pause.isPending}>
              Pause
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** Of a pause of the whole organisation: no page takes that back. */
export function LiftedElsewhere() {
  const { slug } = useOrg();
  return (
    <Text size="sm" c="dimmed">
      Whoever runs the server takes it back: <Code>leadloop resume --org {slug}</Code>
    </Text>
  );
}

interface DirectionProps {
  readonly value: PauseDirection;
  readonly onChange: (value: PauseDirection) => void;
}

function Direction({ value, onChange }: DirectionProps) {
  return (
    <Radio.Group
      label="What is to stop"
      value={value}
      onChange={(chosen) => onChange(choices.find((one) => one.value === chosen)?.value ?? 'push')}
    >
      <Stack gap="xs" mt="xs">
        {choices.map((choice) => (
          <Radio key={choice.value} {...choice} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

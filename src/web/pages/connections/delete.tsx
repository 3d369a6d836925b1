import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Connection, Deletion } from '../../../http/api/connections/schemas.ts';
import { useDeleteConnection, useDeletion } from '../../api/connections.ts';
import { Dialog, focusLate } from '../../parts/dialog.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useOrg } from '../../shell/org.tsx';

interface Props {
  readonly connection: Connection;
  /** That the page was loaded with. */
  readonly version: number;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Says what goes along and what stays, and asks for the name. */
export function DeleteDialog({ connection: { name, label }, version, isOpen, onClose }: Props) {
  const { path } = useOrg();
  const navigate = useNavigate();
  const entails = useDeletion(name, isOpen);
  const remove = useDeleteConnection();
  const [typed, setTyped] = useState('');
  const close = (): void => {
    remove.reset();
    setTyped('');
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    remove.mutate({ name, version }, { onSuccess: () => void navigate(`${path}/connections`) });
  };
  return (
    <Dialog isOpen={isOpen} isBusy={remove.isPending} onClose={close} title={`Delete ${name}?`}>
      {entails.isPending && <Loading what="what it entails" />}
      {entails.error !== null && <ProblemNote error={entails.error} onRetry={() => void entails.refetch()} />}
      {entails.data !== undefined && (
        <form onSubmit={submit}>
          <Stack>
            <Entailed deletion={entails.data} label={label} />
            <TextInput
              label={`Type ${name} to delete it`}
              autoComplete="off"
              required
              ref={focusLate}
              data-autofocus
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            {remove.error !== null && <ProblemNote error={remove.error} />}
            <Group justify="flex-end">
              <Button variant="default" data-disabled={remove.isPending} onClick={close}>
                Cancel
              </Button>
              <Button type="submit" color="red" disabled={typed !== name} loading={remove.isPending}>
                Delete it
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}

function Entailed({ deletion, label }: { readonly deletion: Deletion; readonly label: string }) {
  const { countedUpTo } = deletion;
  const shown = (count: number, isMore = count >= countedUpTo): string =>
    `${count.toLocaleString('en-GB')}${isMore ? ' or more' : ''}`;
  // Looked for among the records that were counted.
  const leads = shown(deletion.leads, deletion.records >= countedUpTo);
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        This goes along, and cannot be brought back
      </Text>
      <List size="sm">
        <List.Item>{shown(deletion.records)} records and what was read with them</List.Item>
        <List.Item>{shown(deletion.events)} events, and the points that they gave</List.Item>
        <List.Item>{shown(deletion.pendingWrites)} writes that wait, and the history of all others</List.Item>
        <List.Item>its runs, its mapping in every version, its login</List.Item>
      </List>
      <Text size="sm" fw={600}>
        This stays
      </Text>
      <List size="sm">
        <List.Item>every lead; {leads} of them have no other source, and change no more by themselves</List.Item>
        <List.Item>what was written to {label}: nothing is taken back there</List.Item>
      </List>
      {deletion.isRunning && <Text size="sm">A run is under way: it has to end before.</Text>}
    </Stack>
  );
}

import { Button, Checkbox, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { TokenForm } from '../../../http/api/tokens/schemas.ts';
import { useCreateToken } from '../../api/tokens.ts';
import { CopyField } from '../../parts/copy-field.tsx';
import { Dialog, focusLate } from '../../parts/dialog.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';

const fresh: TokenForm = { name: '', scopes: ['ingest'], days: 365 };

const scopes = [
  { value: 'ingest', label: 'ingest', description: 'send signups, usage and companies' },
  { value: 'read', label: 'read', description: 'read leads, scores and runs' },
  { value: 'operate', label: 'operate', description: 'read, and also run and stop' },
  { value: 'admin', label: 'admin', description: 'everything, except to send rows' },
] as const;

const ends = [
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
  { value: 'never', label: 'when it is revoked' },
];

export function NewTokenDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const [form, setForm] = useState(fresh);
  const create = useCreateToken();
  const close = (): void => {
    setForm(fresh);
    create.reset();
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate(form);
  };
  return (
    <Dialog isOpen={isOpen} isBusy={create.isPending} onClose={close} title="Make a token">
      {create.data === undefined ? (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label="Name"
              description="Lower-case letters, digits and hyphens: who uses it"
              pattern="[a-z0-9][a-z0-9\-]{0,62}"
              required
              data-autofocus
              value={form.name}
              onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
            />
            <Checkbox.Group
              label="It may"
              value={form.scopes}
              onChange={(chosen) => setForm({ ...form, scopes: chosen })}
            >
              <Stack gap="xs" mt="xs">
                {scopes.map((scope) => (
                  <Checkbox key={scope.value} {...scope} />
                ))}
              </Stack>
            </Checkbox.Group>
            <Select
              label="It ends"
              data={ends}
              value={form.days === null ? 'never' : String(form.days)}
              allowDeselect={false}
              onChange={(value) => setForm({ ...form, days: value === 'never' ? null : Number(value) })}
            />
            {create.error !== null && <ProblemNote error={create.error} />}
            <Group justify="flex-end">
              <Button variant="default" data-disabled={create.isPending} onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending} disabled={form.scopes.length === 0}>
                Make it
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack>
          <Text>This is the only time that it is shown: what is kept is a hash.</Text>
          <CopyField label="Token" value={create.data.token} />
          <Group justify="flex-end">
            <Button ref={focusLate} onClick={close}>
              Done
            </Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}

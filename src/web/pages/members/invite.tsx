import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { InvitationForm, LinkAnswer } from '../../../http/api/members/schemas.ts';
import { useInvite } from '../../api/members.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { LinkDialog } from './link.tsx';
import { roles } from './roles.ts';

const nobody: InvitationForm = { email: '', name: '', role: 'viewer' };

export function InviteDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const [form, setForm] = useState(nobody);
  const [link, setLink] = useState<LinkAnswer | null>(null);
  const invite = useInvite();
  const close = (): void => {
    setForm(nobody);
    invite.reset();
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    invite.mutate(form, {
      onSuccess(answer) {
        setLink(answer);
        close();
      },
    });
  };
  return (
    <>
      <Dialog isOpen={isOpen} isBusy={invite.isPending} onClose={close} title="Invite somebody">
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label="Name"
              required
              data-autofocus
              value={form.name}
              onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
            />
            <TextInput
              label="E-mail address"
              type="email"
              required
              value={form.email}
              onChange={(event) => setForm({ ...form, email: event.currentTarget.value })}
            />
            <Select
              label="Role"
              data={roles}
              value={form.role}
              allowDeselect={false}
              onChange={(role) => role !== null && setForm({ ...form, role })}
            />
            {invite.error !== null && <ProblemNote error={invite.error} />}
            <Group justify="flex-end">
              <Button variant="default" data-disabled={invite.isPending} onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={invite.isPending}>
                Invite
              </Button>
            </Group>
          </Stack>
        </form>
      </Dialog>
      <LinkDialog link={link} onClose={() => setLink(null)} />
    </>
  );
}

import { Badge, Button, Group, Select, Text } from '@mantine/core';
import { useState } from 'react';
import type { Member } from '../../../http/api/members/schemas.ts';
import { useChangeRole, useMembers, useNewLink, useRemoveMember } from '../../api/members.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { useMay, useOrg } from '../../shell/org.tsx';
import { InviteDialog } from './invite.tsx';
import { LinkDialog } from './link.tsx';
import { roles } from './roles.ts';

export function MembersPage() {
  const isAdmin = useMay('admin');
  const { name } = useOrg();
  const members = useMembers();
  const changeRole = useChangeRole();
  const newLink = useNewLink();
  const remove = useRemoveMember();
  const [isInviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const fault = changeRole.error ?? newLink.error;
  return (
    <Page
      title="Members"
      lead={`Who may use the console of ${name}. A viewer looks, an operator also runs and stops, an admin also configures.`}
      actions={isAdmin && <Button onClick={() => setInviting(true)}>Invite somebody</Button>}
    >
      {fault !== null && <ProblemNote error={fault} />}
      {members.isPending && <Loading what="the members" />}
      {members.error !== null && <ProblemNote error={members.error} onRetry={() => void members.refetch()} />}
      {members.data && (
        <DataTable
          caption="Members"
          rows={members.data}
          keyOf={({ id }) => id}
          columns={[
            { head: 'Name', cell: ({ name }) => name },
            { head: 'Address', cell: ({ email }) => email },
            {
              head: 'Role',
              cell: (member) => (
                <Role
                  member={member}
                  isFixed={!isAdmin}
                  onChange={(role) => changeRole.mutate({ id: member.id, role })}
                />
              ),
            },
            {
              head: 'Last seen',
              cell: (member) => <LastSeen {...member} />,
            },
            ...(isAdmin
              ? [
                  {
                    head: 'Change',
                    cell: (member: Member) => (
                      <Group gap="xs" wrap="nowrap">
                        <Button
                          size="xs"
                          variant="default"
                          aria-label={`New link for ${member.name}`}
                          onClick={() => newLink.mutate(member)}
                        >
                          New link
                        </Button>
                        <Button
                          size="xs"
                          variant="default"
                          aria-label={`Remove ${member.name}`}
                          onClick={() => setLeaving(member)}
                        >
                          Remove
                        </Button>
                      </Group>
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
      <InviteDialog isOpen={isInviting} onClose={() => setInviting(false)} />
      <LinkDialog link={newLink.data ?? null} onClose={newLink.reset} />
      <Confirm
        title={`Remove ${leaving?.name ?? ''}?`}
        action="Remove"
        isOpen={leaving !== null}
        isBusy={remove.isPending}
        error={remove.error}
        onClose={() => {
          remove.reset();
          setLeaving(null);
        }}
        onConfirm={() => leaving !== null && remove.mutate(leaving, { onSuccess: () => setLeaving(null) })}
      >
        They see nothing of {name} from then on. What they changed stays, and so does the log of it.
      </Confirm>
    </Page>
  );
}

function LastSeen({ hasPassword, hasSingleSignOn, lastSeenAt }: Member) {
  if (!hasPassword && !hasSingleSignOn) return <Badge color="yellow">has no password yet</Badge>;
  return (
    <>
      <Time at={lastSeenAt} />
      {hasSingleSignOn && (
        <Text size="xs" c="dimmed">
          signs in by single sign-on
        </Text>
      )}
    </>
  );
}

interface RoleProps {
  readonly member: Member;
  readonly isFixed: boolean;
  readonly onChange: (role: Member['role']) => void;
}

function Role({ member, isFixed, onChange }: RoleProps) {
  if (isFixed) return <Badge variant="light">{member.role}</Badge>;
  return (
    <Select
      aria-label={`Role of ${member.name}`}
      data={roles}
      value={member.role}
      allowDeselect={false}
      size="xs"
      w={130}
      onChange={(role) => role !== null && onChange(role)}
    />
  );
}

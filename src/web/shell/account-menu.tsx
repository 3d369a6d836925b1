import { Avatar, Menu, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconLogout, IconUserCircle } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router';
import { useOrg } from './org.tsx';

export function AccountMenu() {
  const { session, role, path } = useOrg();
  const navigate = useNavigate();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton>
          <VisuallyHidden>Account of {session.name}</VisuallyHidden>
          <Avatar name={session.name} aria-hidden color="indigo" radius="xl" size={34} variant="filled" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.email} · {role}
        </Menu.Label>
        <Menu.Item component={Link} to={`${path}/account`} leftSection={<IconUserCircle size={16} aria-hidden />}>
          Your account
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          // By a page of its own: whoever has something unsaved here is asked before the session ends.
          onClick={() => void navigate('/sign-out', { state: { isMeant: true } })}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

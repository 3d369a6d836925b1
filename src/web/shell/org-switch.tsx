import { Button, Menu, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useOrg } from './org.tsx';

/** Where somebody works for several organisations. */
export function OrgSwitch() {
  const { name, slug, session } = useOrg();
  if (session.orgs.length < 2)
    return (
      <Text c="dimmed" truncate>
        {name}
      </Text>
    );
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" size="compact-md" rightSection={<IconChevronDown size={14} aria-hidden />}>
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Organisation</Menu.Label>
        {session.orgs.map((org) => (
          <Menu.Item key={org.slug} component={Link} to={`/orgs/${org.slug}`} disabled={org.slug === slug}>
            {org.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

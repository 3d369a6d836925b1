import { AppShell, Burger, Group, NavLink, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useLayoutEffect, useRef } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { AccountMenu } from './account-menu.tsx';
import { navigation, type NavigationEntry } from './navigation.ts';
import { useMay, useOrg } from './org.tsx';
import { OrgSwitch } from './org-switch.tsx';
import { SchemeSwitch } from './scheme-switch.tsx';

/** What is around every page of an organisation. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  // Who uses a screen reader is told that there is another page, and begins at its top. Before it is drawn: whoever
  // is quick with the keyboard must not lose what they have got to.
  useLayoutEffect(() => {
    close();
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [pathname, close]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="lg"
    >
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <img src="/icon.svg" alt="" width={24} height={24} />
            <Text fw={700} visibleFrom="xs">
              leadloop
            </Text>
            <OrgSwitch />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <SchemeSwitch />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <ScrollArea>
          {navigation.map((entry) => (
            <Entry key={entry.path} {...entry} />
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Entry({ path, label, icon: Icon, role }: NavigationEntry) {
  const { path: base } = useOrg();
  const { pathname } = useLocation();
  const isAllowed = useMay(role);
  if (!isAllowed) return null;
  const to = path === '' ? base : `${base}/${path}`;
  const isHere = path === '' ? pathname === base : pathname === to || pathname.startsWith(`${to}/`);
  return (
    <NavLink
      component={Link}
      to={to}
      label={label}
      leftSection={<Icon size={18} stroke={1.75} aria-hidden />}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
    />
  );
}

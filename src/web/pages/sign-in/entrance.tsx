import { Center, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePageTitle } from '../../parts/page.tsx';

/** A page for who is not signed in. */
export function Entrance({ title, lead, children }: { title: string; lead: ReactNode; children: ReactNode }) {
  usePageTitle(title);
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={440}>
        <Stack>
          <Group gap="xs">
            <img src="/icon.svg" alt="" width={28} height={28} />
            <Text fw={700}>leadloop</Text>
          </Group>
          <div>
            <Title order={1}>{title}</Title>
            <Text c="dimmed">{lead}</Text>
          </div>
          {children}
        </Stack>
      </Paper>
    </Center>
  );
}

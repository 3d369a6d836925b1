import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

/** What the tab is called. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · leadloop`;
  }, [title]);
}

interface Props {
  readonly title: string;
  /** One sentence: what the page is for. */
  readonly lead?: ReactNode;
  /** What can be done here. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page of an organisation: its one first heading, what can be done, and the rest. */
export function Page({ title, lead, actions, children }: Props) {
  usePageTitle(title);
  return (
    <Stack gap="lg" maw={1280}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          <Title order={1}>{title}</Title>
          {lead !== undefined && (
            <Text c="dimmed" maw={720}>
              {lead}
            </Text>
          )}
        </div>
        {actions !== undefined && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

import { Paper, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  /** Why there is nothing, and how something gets here. */
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

/** Where there is nothing yet: says how that changes. */
export function Empty({ title, children, action }: Props) {
  return (
    <Paper withBorder p="xl">
      <Stack gap="xs" align="flex-start">
        <Text fw={600}>{title}</Text>
        <Text c="dimmed" maw={640} component="div">
          {children}
        </Text>
        {action}
      </Stack>
    </Paper>
  );
}

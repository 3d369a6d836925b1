import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { usePageTitle } from './page.tsx';

export function NotFound() {
  usePageTitle('Not found');
  return (
    <Stack gap="xs" p="md">
      <Title order={1}>There is no such page</Title>
      <Text>It may have moved, or belong to an organisation that you are no member of.</Text>
      <Anchor component={Link} to="/">
        To the beginning
      </Anchor>
    </Stack>
  );
}

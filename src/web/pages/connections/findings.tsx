import { Group, List, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import type { Finding } from '../../../http/api/connections/schemas.ts';

const looks = {
  failure: { icon: IconX, color: 'red', word: 'Does not work' },
  warning: { icon: IconAlertTriangle, color: 'orange', word: 'Warning' },
  ok: { icon: IconCheck, color: 'green', word: 'Fine' },
} as const;

/** What the CRM was found to have and to lack, each with what to do. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const counted = (level: Finding['level']) => findings.filter((one) => one.level === level).length;
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed" role="status">
        {counted('failure')} that do not work, {counted('warning')} warnings, {counted('ok')} fine
      </Text>
      <List listStyleType="none" spacing="xs" aria-label="What was found">
        {findings.map((finding) => (
          <Line key={`${finding.subject} ${finding.message}`} finding={finding} />
        ))}
      </List>
    </Stack>
  );
}

function Line({ finding: { level, subject, message, remedy } }: { readonly finding: Finding }) {
  const { icon: Icon, color, word } = looks[level];
  return (
    <List.Item>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <ThemeIcon size="sm" radius="xl" variant="light" color={color} role="img" aria-label={word} mt={2}>
          <Icon size={14} aria-hidden />
        </ThemeIcon>
        <div>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {message}{' '}
            <Text span c="dimmed">
              {subject}
            </Text>
          </Text>
          {remedy !== '' && (
            <Text size="sm" fw={500}>
              {remedy}
            </Text>
          )}
        </div>
      </Group>
    </List.Item>
  );
}

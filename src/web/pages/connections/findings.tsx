import { Alert, Group, List, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { Finding } from '../../../http/api/connections/schemas.ts';
import { Problem } from '../../api/call.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';

const looks = {
  failure: { icon: IconX, color: 'red', word: 'Does not work', counted: 'to put right' },
  warning: { icon: IconAlertTriangle, color: 'orange', word: 'Warning', counted: 'to know of' },
  ok: { icon: IconCheck, color: 'green', word: 'Fine', counted: 'fine' },
} as const;

/** What the CRM was found to have and to lack, each with what to do. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const counts = (['failure', 'warning', 'ok'] as const).flatMap((level) => {
    const count = findings.filter((one) => one.level === level).length;
    return count === 0 ? [] : [`${count} ${looks[level].counted}`];
  });
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed" role="status">
        {counts.join(', ')}
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

/** Whether it may be saved all the same. */
export function isDoubtful(error: Error | null): boolean {
  return error instanceof Problem && error.code === 'connection-doubtful';
}

/** Why a connection was not saved, brought to where it is seen. */
export function Refusal({ error }: { readonly error: Error }) {
  const place = useRef<HTMLDivElement>(null);
  // Browsers differ in what it returns: nothing that an effect may.
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'start' });
  }, []);
  const found = error instanceof Problem ? error.findings.filter(({ level }) => level !== 'ok') : [];
  return (
    <Stack ref={place}>
      {isDoubtful(error) && error instanceof Problem ? (
        <Alert
          color="orange"
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          title={error.message}
          role="alert"
        >
          {error.remedy}
        </Alert>
      ) : (
        <ProblemNote error={error} />
      )}
      {found.length > 0 && <Findings findings={found} />}
    </Stack>
  );
}

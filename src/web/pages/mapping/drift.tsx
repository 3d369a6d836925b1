import { Alert, List, Stack, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { Breakage, MappingAnswer } from '../../../http/api/mapping/schemas.ts';
import { useDrift } from '../../api/mapping.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';

/** What the CRM does not have any more as it is mapped, and what rests on it. Only that pauses. */
export function DriftNote({ mapping }: { readonly mapping: MappingAnswer }) {
  const { data, error, refetch } = useDrift(mapping.connection);
  if (data === undefined) return error === null ? null : <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (data.unanswered !== null) {
    return (
      <Alert
        color="yellow"
        variant="light"
        title={`${mapping.label} could not be asked`}
        icon={<IconPlugConnectedX aria-hidden />}
      >
        {data.unanswered.message} {data.unanswered.remedy}
      </Alert>
    );
  }
  if (data.breakages.length === 0) return null;
  const count = data.breakages.length;
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<IconPlugConnectedX aria-hidden />}
      title={`${count} mapped ${count === 1 ? 'field does' : 'fields do'} not fit ${mapping.label} any more`}
    >
      <Stack gap="xs">
        <Text size="sm">
          Only these pause; everything else goes on. They come back by themselves once they fit again.
        </Text>
        <List size="sm" spacing="xs">
          {data.breakages.map((breakage) => (
            <List.Item key={`${breakage.object} ${breakage.direction} ${breakage.field}`}>
              <b>{breakage.message}.</b> {breakage.remedy} {effectOf(breakage, mapping)}
            </List.Item>
          ))}
        </List>
      </Stack>
    </Alert>
  );
}

function effectOf({ direction, fills, isAlone, usedBy }: Breakage, { targets, outputs }: MappingAnswer): string {
  const words = [...targets, ...outputs];
  const names = fills.map((name) => words.find((one) => one.name === name)?.label ?? name).join(', ');
  if (names === '') return '';
  if (direction === 'out') return `Not written meanwhile: ${names}.`;
  if (!isAlone) return `${names} goes on with the other fields of its rule.`;
  const asking = usedBy.map(({ type, label }) => `${label} (${type})`).join(', ');
  return `Not read meanwhile: ${names}${asking === '' ? '' : `; asked for by ${asking}`}.`;
}

import { Group, Text } from '@mantine/core';
import { IconArrowNarrowRight } from '@tabler/icons-react';
import type { MappedCell } from '../../../http/api/mapping/schemas.ts';
import { valueText } from './value-text.ts';

const outcomes = {
  set: '',
  blank: 'says nothing',
  cleared: 'clears what is known',
  invalid: 'cannot be converted',
  rejects: 'rejects the record',
} as const;

/** Raw → mapped, of one record. */
export function Cell({ cell }: { readonly cell: MappedCell | null }) {
  if (cell === null) {
    return (
      <Text size="sm" c="dimmed" className="mapping-cell">
        no preview
      </Text>
    );
  }
  const isFault = cell.outcome === 'invalid' || cell.outcome === 'rejects';
  return (
    <div className="mapping-cell">
      <Group gap={4} wrap="wrap">
        <Text size="sm" c="dimmed" className="mapping-value">
          {cell.raw.length === 0 ? '—' : cell.raw.map(valueText).join(' · ')}
        </Text>
        <IconArrowNarrowRight size={14} aria-label="becomes" role="img" />
        {cell.outcome === 'set' ? (
          <Text size="sm" fw={600} className="mapping-value">
            {valueText(cell.value)}
          </Text>
        ) : (
          <Text size="sm" className={isFault ? 'mapping-fault' : 'mapping-quiet'}>
            {outcomes[cell.outcome]}
          </Text>
        )}
      </Group>
      {cell.reason !== null && (
        <Text size="xs" className="mapping-fault">
          {cell.reason}
        </Text>
      )}
    </div>
  );
}

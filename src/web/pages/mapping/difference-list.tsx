import { Code, Text } from '@mantine/core';
import type { MappingDifference } from '../../../http/api/mapping/schemas.ts';
import { DataTable } from '../../parts/table.tsx';

/** What was and what is, path by path. */
export function DifferenceList({ differences }: { readonly differences: readonly MappingDifference[] }) {
  if (differences.length === 0) return <Text size="sm">There is no difference.</Text>;
  return (
    <DataTable
      caption="Differences"
      minWidth={420}
      rows={differences}
      keyOf={({ path }) => path}
      columns={[
        { head: 'What', cell: ({ path }) => path.replace(/^objects\./u, '') },
        { head: 'Before', cell: ({ before }) => <Side value={before} /> },
        { head: 'After', cell: ({ after }) => <Side value={after} /> },
      ]}
    />
  );
}

function Side({ value }: { readonly value: unknown }) {
  if (value === null)
    return (
      <Text span c="dimmed" size="sm">
        nothing
      </Text>
    );
  return <Code className="mapping-code">{typeof value === 'string' ? value : JSON.stringify(value)}</Code>;
}

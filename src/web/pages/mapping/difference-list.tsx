import { Code, Table, Text } from '@mantine/core';
import type { MappingDifference } from '../../../http/api/mapping/schemas.ts';

/** What was and what is, path by path. */
export function DifferenceList({ differences }: { readonly differences: readonly MappingDifference[] }) {
  if (differences.length === 0) return <Text size="sm">There is no difference.</Text>;
  return (
    <Table.ScrollContainer minWidth={420} mah={320} type="native" tabIndex={0} role="region" aria-label="Differences">
      <Table verticalSpacing={4} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">What</Table.Th>
            <Table.Th scope="col">Before</Table.Th>
            <Table.Th scope="col">After</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {differences.map(({ path, before, after }) => (
            <Table.Tr key={path}>
              <Table.Td>{path.replace(/^objects\./u, '')}</Table.Td>
              <Table.Td>
                <Side value={before} />
              </Table.Td>
              <Table.Td>
                <Side value={after} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
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

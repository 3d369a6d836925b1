import { Badge, Paper, SegmentedControl, Stack, Table, Text, Title } from '@mantine/core';
import { useEditorView } from './context.ts';

interface Props {
  readonly onCounter: (counter: string, source: 'crm' | 'events') => void;
}

/** Where totals come from, and what forms, responses and activities count as. */
export function Counting({ onCounter }: Props) {
  const { definition, mapping, mayEdit } = useEditorView();
  const words = new Map(mapping.targets.map(({ name, label }) => [name, label]));
  return (
    <Stack>
      <Paper withBorder p="md">
        <Title order={2}>Counters</Title>
        <Text size="sm" c="dimmed" mb="sm">
          Each has one source, so that nothing counts twice: the CRM’s own total needs a rule that reads it; dated
          events need none.
        </Text>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Counter</Table.Th>
              <Table.Th scope="col">Comes from</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Object.entries(definition.counters).map(([counter, source]) => (
              <Table.Tr key={counter}>
                <Table.Td>{words.get(counter) ?? counter}</Table.Td>
                <Table.Td>
                  <SegmentedControl
                    aria-label={`Source of ${words.get(counter) ?? counter}`}
                    size="xs"
                    readOnly={!mayEdit}
                    data={[
                      { value: 'crm', label: 'the CRM’s total' },
                      { value: 'events', label: 'dated events' },
                    ]}
                    value={source}
                    onChange={(value) => onCounter(counter, value === 'crm' ? 'crm' : 'events')}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
      <Paper withBorder p="md">
        <Title order={2}>Events</Title>
        <Text size="sm" c="dimmed" mb="sm">
          What a form, a response or an activity counts as: the first line that matches. They are kept as they are here;
          the configuration file changes them.
        </Text>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Object</Table.Th>
              <Table.Th scope="col">Contains</Table.Th>
              <Table.Th scope="col">Counts as</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {definition.events.map(({ object, contains, type }, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- the order is what they mean
              <Table.Tr key={index}>
                <Table.Td>{object}</Table.Td>
                <Table.Td>{containsText(contains)}</Table.Td>
                <Table.Td>
                  <Badge color={type === 'nothing' ? 'gray' : 'indigo'}>{type}</Badge>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
    </Stack>
  );
}

function containsText(contains: string | Readonly<Record<string, string>>): string {
  if (contains === '') return 'anything';
  if (typeof contains === 'string') return `“${contains}”`;
  return Object.entries(contains)
    .map(([field, text]) => `${field}: “${text}”`)
    .join(', ');
}

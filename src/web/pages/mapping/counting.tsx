import { Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import type { EventRuleForm } from '../../../http/api/mapping/schemas.ts';
import { DataTable } from '../../parts/table.tsx';
import { useEditorView } from './context.ts';
import { EventRules } from './event-rules.tsx';

interface Props {
  readonly onCounter: (counter: string, source: 'crm' | 'events') => void;
  readonly onEvents: (rules: readonly EventRuleForm[]) => void;
}

/** Where totals come from, and what forms, responses and activities count as. */
export function Counting({ onCounter, onEvents }: Props) {
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
        <DataTable
          caption="Counters"
          minWidth={330}
          rows={Object.entries(definition.counters)}
          keyOf={([counter]) => counter}
          columns={[
            { head: 'Counter', cell: ([counter]) => words.get(counter) ?? counter },
            {
              head: 'Comes from',
              cell: ([counter, source]) => (
                <SegmentedControl
                  aria-label={`Source of ${words.get(counter) ?? counter}`}
                  size="xs"
                  readOnly={!mayEdit}
                  data={[
                    { value: 'crm', label: 'CRM total' },
                    { value: 'events', label: 'dated events' },
                  ]}
                  value={source}
                  onChange={(value) => onCounter(counter, value === 'crm' ? 'crm' : 'events')}
                />
              ),
            },
          ]}
        />
      </Paper>
      <Paper withBorder p="md">
        <Title order={2}>Events</Title>
        <Text size="sm" c="dimmed" mb="sm">
          What a form, a response or an activity counts as: the first line that matches, in any case of letters. What no
          line matches counts nothing; a call, a meeting or an e-mail is then what it is.
        </Text>
        <EventRules onChange={onEvents} />
      </Paper>
    </Stack>
  );
}

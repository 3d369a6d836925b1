import {
  Badge,
  Button,
  Group,
  Paper,
  Progress,
  ScrollArea,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconSearch, IconSparkles } from '@tabler/icons-react';
import { useState } from 'react';
import type { InRuleForm, LiveField, MappingSuggestion, MappingTarget } from '../../../http/api/mapping/schemas.ts';
import { useEditorView } from './context.ts';
import { freshInRule } from './use-editor.ts';
import { valueText } from './value-text.ts';

interface Props {
  readonly rules: readonly InRuleForm[];
  readonly suggestions: readonly MappingSuggestion[];
  readonly onAdd: (rules: readonly InRuleForm[]) => void;
}

/** Left what the CRM has, right what a lead can have: what is mapped already, and what is still open. */
export function FieldColumns({ rules, suggestions, onAdd }: Props) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <CrmFields rules={rules} onAdd={onAdd} />
      <LeadModel rules={rules} suggestions={suggestions} onAdd={onAdd} />
    </SimpleGrid>
  );
}

/** Fields that are shown at once: the search finds the others. */
const shownAtMost = 60;

function CrmFields({ rules, onAdd }: Omit<Props, 'suggestions'>) {
  const { fields, mapping, object, records, mayEdit } = useEditorView();
  const [words, setWords] = useState('');
  const wanted = words.trim().toLowerCase();
  const found = [...fields.values()].filter(
    ({ name, label }) => name.toLowerCase().includes(wanted) || label.toLowerCase().includes(wanted),
  );
  const ranked = found.toSorted((a, b) => b.filled - a.filled);
  const mapped = new Set(rules.flatMap(({ from }) => from));
  return (
    <Stack gap="xs">
      <Title order={2}>
        {mapping.label} {object}
      </Title>
      <TextInput
        aria-label={`Search the fields of ${object}`}
        placeholder={`Search ${fields.size} fields by label or API name`}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <Text size="xs" c="dimmed">
        {records === 0
          ? 'There is no record to look at yet.'
          : `Fill rate and values come from ${records} records, the fullest first.`}
      </Text>
      <ScrollArea.Autosize
        mah={480}
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `Fields of ${object}` }}
      >
        <Stack gap="xs">
          {ranked.slice(0, shownAtMost).map((field) => (
            <FieldCard
              key={field.name}
              field={field}
              isMapped={mapped.has(field.name)}
              onMap={mayEdit ? () => onAdd([{ ...freshInRule, from: [field.name] }]) : null}
            />
          ))}
          {found.length > shownAtMost && (
            <Text size="sm" c="dimmed">
              and {found.length - shownAtMost} more: search for them
            </Text>
          )}
          {found.length === 0 && <Text size="sm">No field is called so.</Text>}
        </Stack>
      </ScrollArea.Autosize>
    </Stack>
  );
}

interface FieldCardProps {
  readonly field: LiveField;
  readonly isMapped: boolean;
  /** Null = it is only looked at. */
  readonly onMap: (() => void) | null;
}

function FieldCard({ field, isMapped, onMap }: FieldCardProps) {
  const { records } = useEditorView();
  const share = records === 0 ? 0 : Math.round((100 * field.filled) / records);
  return (
    <Paper withBorder p="xs">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div className="mapping-field">
          <Group gap={6}>
            <Text size="sm" fw={600}>
              {field.label}
            </Text>
            <Badge color="gray">{field.type}</Badge>
            {field.isCalculated && <Badge color="yellow">calculated</Badge>}
          </Group>
          <Text size="xs" c="dimmed" ff="monospace">
            {field.name}
          </Text>
          <Text size="xs" className="mapping-value">
            {field.samples.length === 0 ? 'no value seen' : field.samples.slice(0, 3).map(valueText).join(' · ')}
          </Text>
        </div>
        <Stack gap={4} align="flex-end" className="mapping-fill">
          <Text size="xs" className="numbers">
            {share}% filled
          </Text>
          <Progress value={share} w={72} size="sm" aria-label={`${field.label}: ${share}% filled`} />
          {isMapped ? (
            <Badge color="teal">mapped</Badge>
          ) : (
            onMap !== null && (
              <Button size="compact-xs" variant="default" aria-label={`Map ${field.label}`} onClick={onMap}>
                Map
              </Button>
            )
          )}
        </Stack>
      </Group>
    </Paper>
  );
}

const needWords = { required: 'required', known: 'asked for', optional: 'optional' } as const;
const needColours = { required: 'indigo', known: 'teal', optional: 'gray' } as const;
const needOrder = ['required', 'known', 'optional'] as const;

function LeadModel({ rules, suggestions, onAdd }: Props) {
  const { mapping, object, mayEdit } = useEditorView();
  const kind = mapping.objects.find((one) => one.object === object)?.kind;
  const filled = new Set(rules.map(({ to }) => to));
  const targets = mapping.targets
    .filter(({ isCompany }) => kind === 'company' || !isCompany)
    .toSorted((a, b) => needOrder.indexOf(a.need) - needOrder.indexOf(b.need));
  const open = suggestions.filter(({ rule }) => !filled.has(rule.to));
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2}>The lead</Title>
        {mayEdit && open.length > 0 && (
          <Button size="compact-sm" variant="light" onClick={() => onAdd(open.map(({ rule }) => rule))}>
            Take all {open.length} suggestions
          </Button>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        “Asked for” means that a scoring rule, a segment or a trigger looks at it.
      </Text>
      <ScrollArea.Autosize
        mah={528}
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Fields of the lead' }}
      >
        <Stack gap="xs">
          {targets.map((target) => (
            <TargetCard
              key={target.name}
              target={target}
              isFilled={filled.has(target.name)}
              suggestion={open.find(({ rule }) => rule.to === target.name) ?? null}
              onAdd={mayEdit ? onAdd : null}
            />
          ))}
        </Stack>
      </ScrollArea.Autosize>
    </Stack>
  );
}

interface TargetCardProps {
  readonly target: MappingTarget;
  readonly isFilled: boolean;
  readonly suggestion: MappingSuggestion | null;
  readonly onAdd: Props['onAdd'] | null;
}

function TargetCard({ target, isFilled, suggestion, onAdd }: TargetCardProps) {
  const { fields } = useEditorView();
  const from = suggestion?.rule.from.map((name) => fields.get(name)?.label ?? name).join(' + ');
  return (
    <Paper withBorder p="xs">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div className="mapping-field">
          <Group gap={6}>
            <Text size="sm" fw={600}>
              {target.label}
            </Text>
            <Badge color={needColours[target.need]}>{needWords[target.need]}</Badge>
          </Group>
          <Text size="xs" c="dimmed">
            {target.description}
          </Text>
          {target.usedBy.length > 0 && (
            <Text size="xs">
              {target.usedBy
                .slice(0, 3)
                .map(({ label, type }) => `${label} (${type})`)
                .join(', ')}
              {target.usedBy.length > 3 && `, and ${target.usedBy.length - 3} more`}
            </Text>
          )}
        </div>
        {isFilled && <Badge color="teal">filled</Badge>}
      </Group>
      {!isFilled && suggestion !== null && onAdd !== null && (
        <Button
          mt={6}
          size="compact-xs"
          variant="light"
          leftSection={<IconSparkles size={14} aria-hidden />}
          aria-label={`Fill from ${from}: ${target.label}`}
          onClick={() => onAdd([suggestion.rule])}
        >
          Fill from {from}
        </Button>
      )}
    </Paper>
  );
}

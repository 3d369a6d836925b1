import { Box, Button, Group, Paper, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { ConditionForm } from '../../../http/api/profiles/schemas.ts';
import {
  groupOf,
  isGroup,
  type Group as ConditionGroup,
  type Leaf,
  leafOf,
  operatorOf,
  operators,
  type Operator,
  partsOf,
  valueOf,
} from './conditions.ts';
import { replaced, without } from '../../parts/lists.ts';
import { useEditor } from './editor-context.tsx';
import { FactField, NumberField, PlaceProblem, RemoveTool, Tool } from './fields.tsx';

interface Props<Part extends ConditionForm = ConditionForm> {
  readonly condition: Part;
  readonly onChange: (condition: ConditionForm) => void;
  /** Where the whole condition stands. */
  readonly path: string;
  /** What this place may ask for besides. */
  readonly more?: readonly string[];
}

/** A condition: one comparison, several of which all or any hold, or the opposite of one; as deep as somebody wants. */
export function ConditionEditor(props: Props) {
  return (
    <Stack gap="xs">
      <Part {...props} />
      <PlaceProblem path={props.path} isDeep />
    </Stack>
  );
}

function Part({ condition, ...rest }: Props) {
  if (isGroup(condition)) return <GroupEditor condition={condition} {...rest} />;
  if ('not' in condition) return <NotEditor condition={condition} {...rest} />;
  return <LeafEditor condition={condition} {...rest} />;
}

function GroupEditor({ condition, onChange, path, more = [] }: Props<ConditionGroup>) {
  const { isReadOnly, facts } = useEditor();
  const parts = partsOf(condition);
  const how = 'all' in condition ? 'all' : 'any';
  const change = (next: readonly ConditionForm[]): void => onChange(groupOf(how, next));
  return (
    <Paper withBorder p="xs">
      <Stack gap="xs">
        <Select
          aria-label="How the conditions are joined"
          data={[
            { value: 'all', label: 'All of these hold' },
            { value: 'any', label: 'Any one of these holds' },
          ]}
          value={how}
          allowDeselect={false}
          readOnly={isReadOnly}
          w={220}
          onChange={(next) => onChange(groupOf(next === 'any' ? 'any' : 'all', parts))}
        />
        {parts.map((part, index) => (
          <Group key={index} gap="xs" align="flex-end" wrap="nowrap">
            <Box flex={1}>
              <Part
                condition={part}
                onChange={(next) => change(replaced(parts, index, next))}
                path={path}
                more={more}
              />
            </Box>
            {!isReadOnly && (
              <RemoveTool
                what={`condition ${index + 1}`}
                onClick={() => {
                  const left = without(parts, index);
                  const [only] = left;
                  if (left.length === 1 && only !== undefined) onChange(only);
                  else change(left);
                }}
              />
            )}
          </Group>
        ))}
        {!isReadOnly && (
          <Group gap="xs">
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => change([...parts, { of: facts[0]?.name ?? '', known: true }])}
            >
              Add a condition
            </Button>
            <Button size="compact-sm" variant="subtle" onClick={() => onChange({ not: condition })}>
              Turn into its opposite
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

function NotEditor({ condition, onChange, path, more = [] }: Props<Extract<ConditionForm, { not: unknown }>>) {
  const { isReadOnly } = useEditor();
  return (
    <Paper withBorder p="xs">
      <Stack gap="xs">
        <Group justify="space-between">
          <Text size="sm" fw={600}>
            This does not hold:
          </Text>
          {!isReadOnly && (
            <Button size="compact-sm" variant="subtle" onClick={() => onChange(condition.not)}>
              Take the opposite back
            </Button>
          )}
        </Group>
        <Part condition={condition.not} onChange={(next) => onChange({ not: next })} path={path} more={more} />
      </Stack>
    </Paper>
  );
}

const operatorNames = Object.keys(operators) as Operator[];

function LeafEditor({ condition, onChange, path, more = [] }: Props<Leaf>) {
  const { isReadOnly } = useEditor();
  const operator = operatorOf(condition);
  const change = (value: ReturnType<typeof valueOf>): void => onChange(leafOf(condition.of, operator, value));
  return (
    <Group gap="xs" align="flex-end">
      <FactField
        label="Fact"
        path="-"
        value={condition.of}
        more={more}
        width={200}
        onChange={(of) => onChange({ ...condition, of })}
      />
      <Select
        label="Comparison"
        data={operatorNames.map((value) => ({ value, label: operators[value] }))}
        value={operator}
        allowDeselect={false}
        readOnly={isReadOnly}
        w={130}
        onChange={(next) => onChange(leafOf(condition.of, next as Operator, valueOf(condition)))}
      />
      <LeafValue condition={condition} path={path} onChange={change} />
      {!isReadOnly && (
        <Tool
          label="Join with another condition"
          onClick={() => onChange({ all: [condition, { of: condition.of, known: true }] })}
        >
          <IconPlus size={16} aria-hidden />
        </Tool>
      )}
    </Group>
  );
}

interface ValueProps {
  readonly condition: Leaf;
  readonly path: string;
  readonly onChange: (value: ReturnType<typeof valueOf>) => void;
}

function LeafValue({ condition, onChange }: ValueProps) {
  const { isReadOnly } = useEditor();
  const value = valueOf(condition);
  switch (operatorOf(condition)) {
    case 'atLeast':
    case 'below':
    case 'number':
      return <NumberField label="Value" path="-" width={90} value={value as number} onChange={onChange} />;
    case 'in':
      return (
        <TagsInput
          label="Values"
          value={[...(value as readonly string[])]}
          onChange={onChange}
          readOnly={isReadOnly}
          allowDuplicates
          placeholder="Type one, press Enter"
          flex={1}
          miw={180}
        />
      );
    case 'text':
    case 'contains':
      return (
        <TextInput
          label="Value"
          value={typeof value === 'string' ? value : String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
          readOnly={isReadOnly}
          w={180}
        />
      );
    default:
      return null;
  }
}

import {
  ActionIcon,
  Button,
  Group,
  NumberInput,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { TransformForm } from '../../../http/api/mapping/schemas.ts';
import { moved, replaced, without } from '../../parts/lists.ts';
import { lazyList } from './context.ts';
import { transformNames, transformText, transformWords } from './transform-words.ts';
import { isSame } from './use-editor.ts';

interface Props {
  readonly of: string;
  readonly transforms: readonly TransformForm[];
  /** Values that the CRM field may have; empty = anything. */
  readonly options: readonly string[];
  readonly onChange: (transforms: TransformForm[]) => void;
}

const choices = transformNames.map((name) => ({ value: name, label: transformWords[name].label }));

/** The conversions of a rule, from the first to the last; each with its own form. */
export function TransformList({ of, transforms, options, onChange }: Props) {
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        Transforms
      </Text>
      {transforms.length === 0 && (
        <Text size="sm" c="dimmed">
          The value is taken as it is.
        </Text>
      )}
      {transforms.map((transform, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a transform may be there twice; its place is what it is
        <Paper key={index} withBorder p="xs">
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm">
              {index + 1}. {transformText(transform)}
            </Text>
            <ListButtons
              what={`transform ${index + 1} of ${of}`}
              index={index}
              count={transforms.length}
              onMove={(by) => onChange(moved(transforms, index, by))}
              onRemove={() => onChange(without(transforms, index))}
            />
          </Group>
          <TransformForm
            transform={transform}
            options={options}
            onChange={(changed) => onChange(replaced(transforms, index, changed))}
          />
        </Paper>
      ))}
      <Select
        comboboxProps={lazyList}
        aria-label={`Add a transform to ${of}`}
        placeholder="Add a transform"
        data={choices}
        value={null}
        searchable
        maw={260}
        leftSection={<IconPlus size={16} aria-hidden />}
        onChange={(name) => {
          if (name !== null) onChange([...transforms, transformWords[name].fresh]);
        }}
      />
    </Stack>
  );
}

interface ListButtonsProps {
  readonly what: string;
  readonly index: number;
  readonly count: number;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

/** Moves and removes an element of a list, by mouse and by keyboard alike. */
export function ListButtons({ what, index, count, onMove, onRemove }: ListButtonsProps) {
  return (
    <Group gap={2} wrap="nowrap">
      <ActionIcon
        variant="subtle"
        color="gray"
        disabled={index === 0}
        aria-label={`Move ${what} up`}
        onClick={() => onMove(-1)}
      >
        <IconArrowUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        disabled={index === count - 1}
        aria-label={`Move ${what} down`}
        onClick={() => onMove(1)}
      >
        <IconArrowDown size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon variant="subtle" color="red" aria-label={`Remove ${what}`} onClick={onRemove}>
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

interface FormProps {
  readonly transform: TransformForm;
  readonly options: readonly string[];
  readonly onChange: (transform: TransformForm) => void;
}

function TransformForm({ transform, options, onChange }: FormProps) {
  const number = (value: string | number): number => (typeof value === 'number' ? value : 0);
  switch (transform.name) {
    case 'values':
      return <ValuesForm transform={transform} options={options} onChange={onChange} />;
    case 'regex':
      return (
        <SimpleGrid cols={2} mt="xs">
          <TextInput
            label="Pattern"
            value={transform.pattern}
            onChange={(event) => onChange({ ...transform, pattern: event.currentTarget.value })}
          />
          <NumberInput
            label="Group"
            description="1 = the first in brackets"
            min={0}
            max={99}
            allowDecimal={false}
            value={transform.group}
            onChange={(value) => onChange({ ...transform, group: number(value) })}
          />
        </SimpleGrid>
      );
    case 'split':
      return (
        <SimpleGrid cols={2} mt="xs">
          <TextInput
            label="Separator"
            value={transform.separator}
            onChange={(event) => onChange({ ...transform, separator: event.currentTarget.value })}
          />
          <NumberInput
            label="Part"
            description="0 = the first, -1 = the last"
            min={-99}
            max={99}
            allowDecimal={false}
            value={transform.index}
            onChange={(value) => onChange({ ...transform, index: number(value) })}
          />
        </SimpleGrid>
      );
    case 'truncate':
      return (
        <NumberInput
          label="Characters"
          mt="xs"
          min={1}
          allowDecimal={false}
          value={transform.length}
          onChange={(value) => onChange({ ...transform, length: number(value) })}
        />
      );
    default:
      return <TextForm transform={transform} onChange={onChange} />;
  }
}

/** Those with one text, and those with nothing to choose. */
function TextForm({ transform, onChange }: Omit<FormProps, 'options'>) {
  if (transform.name === 'concat') {
    return (
      <TextInput
        label="Between the parts"
        mt="xs"
        value={transform.separator}
        onChange={(event) => onChange({ ...transform, separator: event.currentTarget.value })}
      />
    );
  }
  if (transform.name === 'contains') {
    return (
      <TextInput
        label="Text"
        mt="xs"
        value={transform.text}
        onChange={(event) => onChange({ ...transform, text: event.currentTarget.value })}
      />
    );
  }
  if (transform.name === 'matches') {
    return (
      <TextInput
        label="Pattern"
        mt="xs"
        value={transform.pattern}
        onChange={(event) => onChange({ ...transform, pattern: event.currentTarget.value })}
      />
    );
  }
  return null;
}

type Values = Extract<TransformForm, { name: 'values' }>;

function ValuesForm({ transform, options, onChange }: FormProps & { readonly transform: Values }) {
  const missing = options.filter((option) => !Object.hasOwn(transform.map, option));
  return (
    <Stack gap="xs" mt="xs">
      <Pairs pairs={transform.map} heads={['Theirs', 'Ours']} onChange={(map) => onChange({ ...transform, map })} />
      {missing.length > 0 && missing.length <= 50 && (
        <Button
          size="xs"
          variant="default"
          onClick={() =>
            onChange({
              ...transform,
              map: { ...transform.map, ...Object.fromEntries(missing.map((one) => [one, one])) },
            })
          }
        >
          List all {options.length} options of the field
        </Button>
      )}
      <Select
        comboboxProps={lazyList}
        label="Any other value"
        data={[
          { value: 'unknown', label: 'is unknown' },
          { value: 'keep', label: 'is kept as it is' },
          { value: 'text', label: 'becomes a fixed text' },
        ]}
        allowDeselect={false}
        value={transform.otherwise === null ? 'unknown' : transform.otherwise === 'keep' ? 'keep' : 'text'}
        onChange={(chosen) =>
          onChange({ ...transform, otherwise: chosen === 'unknown' ? null : chosen === 'keep' ? 'keep' : '' })
        }
      />
      {transform.otherwise !== null && transform.otherwise !== 'keep' && (
        <TextInput
          label="Fixed text"
          value={transform.otherwise}
          onChange={(event) => onChange({ ...transform, otherwise: event.currentTarget.value })}
        />
      )}
    </Stack>
  );
}

interface PairsProps {
  readonly pairs: Readonly<Record<string, string>>;
  readonly heads: readonly [string, string];
  readonly onChange: (pairs: Record<string, string>) => void;
}

/** A translation as a list of pairs. */
export function Pairs({ pairs, heads, onChange }: PairsProps) {
  // Two may be called alike while one is being typed, and no row moves meanwhile: an object would lose one, or sort them.
  const [rows, setRows] = useState<readonly (readonly [string, string])[]>(() => Object.entries(pairs));
  const isOurs = isSame(Object.fromEntries(rows), pairs);
  const entries = isOurs ? rows : Object.entries(pairs);
  const change = (next: readonly (readonly [string, string])[]): void => {
    setRows(next);
    onChange(Object.fromEntries(next));
  };
  const set = (index: number, pair: readonly [string, string]): void => change(replaced(entries, index, pair));
  return (
    <Stack gap={4}>
      {entries.map(([left, right], index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the key is what is being typed
        <Group key={index} gap="xs" wrap="nowrap">
          <TextInput
            aria-label={`${heads[0]} ${index + 1}`}
            size="xs"
            flex={1}
            value={left}
            error={entries.findIndex(([other]) => other === left) === index ? undefined : 'It is there already'}
            onChange={(event) => set(index, [event.currentTarget.value, right])}
          />
          <Text aria-hidden>→</Text>
          <TextInput
            aria-label={`${heads[1]} ${index + 1}`}
            size="xs"
            flex={1}
            value={right}
            onChange={(event) => set(index, [left, event.currentTarget.value])}
          />
          <ActionIcon
            variant="subtle"
            color="red"
            aria-label={`Remove ${left === '' ? `pair ${index + 1}` : left}`}
            onClick={() => change(without(entries, index))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={Object.hasOwn(pairs, '')}
          onClick={() => change([...entries, ['', '']])}
        >
          Add a value
        </Button>
      </div>
    </Stack>
  );
}

import { ActionIcon, Group, NumberInput, Select, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { moved, without } from '../../parts/lists.ts';
import { sentence, useEditor, useProblemAt } from './editor-context.tsx';
import { factLabel } from './words.ts';

interface FieldProps {
  readonly label: string;
  /** Where it stands in the profile: what is wrong there is said here. */
  readonly path: string;
  readonly hint?: string;
  /** Of the input, in px. */
  readonly width?: number;
}

interface NumberProps extends FieldProps {
  /** NaN = left empty. */
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly suffix?: string;
}

export function NumberField({ label, path, hint, width = 120, value, onChange, suffix }: NumberProps) {
  const { isReadOnly } = useEditor();
  const problem = useProblemAt(path);
  return (
    <NumberInput
      label={label}
      description={hint}
      value={typeof value === 'number' && Number.isFinite(value) ? value : ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : next.trim() === '' ? Number.NaN : Number(next))}
      error={problem}
      readOnly={isReadOnly}
      decimalScale={2}
      thousandSeparator=","
      hideControls
      w={width}
      {...(suffix !== undefined && { suffix })}
    />
  );
}

interface OptionalNumberProps extends FieldProps {
  /** Null = left out. */
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}

export function OptionalNumberField({ value, onChange, ...field }: OptionalNumberProps) {
  return (
    <NumberField
      {...field}
      value={value ?? Number.NaN}
      onChange={(next) => onChange(Number.isNaN(next) ? null : next)}
    />
  );
}

interface TextProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function TextField({ label, path, hint, width, value, onChange }: TextProps) {
  const { isReadOnly } = useEditor();
  return (
    <TextInput
      label={label}
      description={hint}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={useProblemAt(path)}
      readOnly={isReadOnly}
      {...(width === undefined ? { flex: 1, miw: 180 } : { w: width })}
    />
  );
}

interface FactProps extends TextProps {
  /** What this place may ask for besides. */
  readonly more?: readonly string[];
}

/** Signals have as many facts as there are types of them. */
const openFact = /^(?:signals|title)\.\w+$/u;

export function FactField({ label, path, hint, width = 240, value, onChange, more = [] }: FactProps) {
  const { facts, kind, isReadOnly } = useEditor();
  const [search, setSearch] = useState('');
  const typed = kind === 'plg' && openFact.test(search) ? [search] : [];
  const names = [...new Set([...facts.map(({ name }) => name), ...more, ...typed, ...(value === '' ? [] : [value])])];
  return (
    <Select
      label={label}
      description={hint}
      data={names.map((name) => ({ value: name, label: factLabel(name) }))}
      value={value === '' ? null : value}
      onChange={(next) => next !== null && onChange(next)}
      searchable
      onSearchChange={setSearch}
      nothingFoundMessage={kind === 'plg' ? 'Nothing found. Of signals: signals.TYPE' : 'Nothing found'}
      allowDeselect={false}
      error={useProblemAt(path)}
      readOnly={isReadOnly}
      maxDropdownHeight={280}
      w={width}
    />
  );
}

interface ToolsProps<Item> {
  readonly what: string;
  readonly list: readonly Item[];
  readonly index: number;
  readonly onChange: (list: readonly Item[]) => void;
}

/** Moves one of a list, or takes it out. */
export function ListTools<Item>({ what, list, index, onChange }: ToolsProps<Item>) {
  const { isReadOnly } = useEditor();
  if (isReadOnly) return null;
  return (
    <Group gap={4} wrap="nowrap">
      <Tool label={`Move ${what} up`} isOff={index === 0} onClick={() => onChange(moved(list, index, -1))}>
        <IconArrowUp size={16} aria-hidden />
      </Tool>
      <Tool
        label={`Move ${what} down`}
        isOff={index === list.length - 1}
        onClick={() => onChange(moved(list, index, 1))}
      >
        <IconArrowDown size={16} aria-hidden />
      </Tool>
      <RemoveTool what={what} onClick={() => onChange(without(list, index))} />
    </Group>
  );
}

export function RemoveTool({ what, onClick }: { readonly what: string; readonly onClick: () => void }) {
  return (
    <Tool label={`Remove ${what}`} onClick={onClick}>
      <IconTrash size={16} aria-hidden />
    </Tool>
  );
}

interface ToolProps {
  readonly label: string;
  readonly isOff?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function Tool({ label, isOff = false, onClick, children }: ToolProps) {
  return (
    <Tooltip label={label} openDelay={400}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={isOff} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

interface PlaceProps {
  readonly path: string;
  /** Says what is wrong below it as well: its fields say nothing themselves. */
  readonly isDeep?: boolean;
}

/** What is wrong at a place that has no field of its own. */
export function PlaceProblem({ path, isDeep = false }: PlaceProps) {
  const found = useEditor().problems.filter(
    (problem) => problem.path === path || (isDeep && problem.path.startsWith(path)),
  );
  return found.length === 0 ? null : (
    <Stack gap={2} role="alert">
      {found.map(({ path: place, message, remedy }) => (
        <Text key={`${place} ${message}`} size="sm" c="red">
          {sentence(message)} {remedy}
        </Text>
      ))}
    </Stack>
  );
}

import { Button, Group, Select, Stack, TagsInput, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { RuleForm, StepForm, WordForm } from '../../../http/api/profiles/schemas.ts';
import { ConditionEditor } from './condition-editor.tsx';
import { replaced, without } from '../../parts/lists.ts';
import { useEditor } from './editor-context.tsx';
import { FactField, NumberField, OptionalNumberField, PlaceProblem, RemoveTool, TextField } from './fields.tsx';
import {
  asType,
  daysOf,
  decayOf,
  type DecayType,
  decayTypeOf,
  groupWords,
  ruleTypes,
  type RuleType,
  wordsOf,
} from './rules.ts';

interface Props<Of extends RuleForm = RuleForm> {
  readonly rule: Of;
  readonly path: string;
  readonly onChange: (rule: RuleForm) => void;
}

const typeNames = Object.keys(ruleTypes) as RuleType[];

/** Everything that a rule can say. */
export function RuleFields({ rule, path, onChange }: Props) {
  const { isReadOnly } = useEditor();
  return (
    <Stack gap="sm">
      <PlaceProblem path={path} />
      <Group gap="sm" align="flex-start">
        <TextField
          label="Label"
          hint="What a sales rep reads"
          path={`${path}.label`}
          value={rule.label}
          onChange={(label) => onChange({ ...rule, label })}
        />
        <Select
          label="Kind of rule"
          description="How it earns points"
          data={typeNames.map((value) => ({ value, label: ruleTypes[value].label }))}
          value={rule.type}
          allowDeselect={false}
          readOnly={isReadOnly}
          w={180}
          onChange={(type) => onChange(asType(rule, type as RuleType))}
        />
      </Group>
      <Text size="sm" c="dimmed">
        {ruleTypes[rule.type].hint}
      </Text>
      <Earning rule={rule} path={path} onChange={onChange} />
      <Group gap="sm" align="flex-start">
        <OptionalNumberField
          label="Cap"
          hint={(rule.cap ?? 0) < 0 ? 'Takes away no more' : 'Empty = no cap'}
          path={`${path}.cap`}
          value={rule.cap}
          onChange={(cap) => onChange({ ...rule, cap })}
        />
        <Fading rule={rule} path={path} onChange={onChange} />
        <TextField
          label="Id"
          hint="Stable name, in history"
          path={`${path}.id`}
          value={rule.id}
          width={180}
          onChange={(id) => onChange({ ...rule, id })}
        />
      </Group>
    </Stack>
  );
}

function Earning({ rule, path, onChange }: Props) {
  switch (rule.type) {
    case 'per-unit':
      return (
        <Group gap="sm" align="flex-start">
          <NumberField
            label="Points"
            path={`${path}.points`}
            value={rule.points}
            onChange={(points) => onChange({ ...rule, points })}
          />
          <FactField
            label="for each unit of"
            path={`${path}.of`}
            value={rule.of}
            onChange={(of) => onChange({ ...rule, of })}
          />
        </Group>
      );
    case 'tier':
      return <Steps rule={rule} path={path} onChange={onChange} />;
    case 'match':
      return <Words rule={rule} path={path} onChange={onChange} />;
    case 'flag':
      return (
        <Stack gap="xs">
          <NumberField
            label="Points"
            hint="Less than 0 takes away"
            path={`${path}.points`}
            value={rule.points}
            onChange={(points) => onChange({ ...rule, points })}
          />
          <Text size="sm" fw={500}>
            while
          </Text>
          <ConditionEditor
            condition={rule.when}
            path={`${path}.when`}
            onChange={(when) => onChange({ ...rule, when })}
          />
        </Stack>
      );
  }
}

function Steps({ rule, path, onChange }: Props<Extract<RuleForm, { type: 'tier' }>>) {
  const { isReadOnly } = useEditor();
  const { steps } = rule;
  const change = (next: readonly StepForm[]): void => onChange({ ...rule, steps: next });
  return (
    <Stack gap="xs">
      <FactField label="Number" path={`${path}.of`} value={rule.of} onChange={(of) => onChange({ ...rule, of })} />
      {steps.map((step, index) => (
        <Group key={index} gap="xs" align="flex-end">
          <NumberField
            label={`Step ${index + 1}: from`}
            path={`${path}.steps[${index}].atLeast`}
            value={step.atLeast}
            width={150}
            onChange={(atLeast) => change(replaced(steps, index, { ...step, atLeast }))}
          />
          <NumberField
            label={`Step ${index + 1}: points`}
            path={`${path}.steps[${index}].points`}
            value={step.points}
            onChange={(points) => change(replaced(steps, index, { ...step, points }))}
          />
          {!isReadOnly && <RemoveTool what={`step ${index + 1}`} onClick={() => change(without(steps, index))} />}
        </Group>
      ))}
      <PlaceProblem path={`${path}.steps`} />
      {!isReadOnly && (
        <Adder what="Add a step" onClick={() => change([...steps, { atLeast: Number.NaN, points: Number.NaN }])} />
      )}
    </Stack>
  );
}

function Words({ rule, path, onChange }: Props<Extract<RuleForm, { type: 'match' }>>) {
  const { isReadOnly } = useEditor();
  const [groups, setGroups] = useState(() => groupWords(rule.words));
  // Somebody may have put other words here: a version that was restored.
  const shown = isSameWords(wordsOf(groups), rule.words) ? groups : groupWords(rule.words);
  const change = (next: typeof groups): void => {
    setGroups(next);
    onChange({ ...rule, words: wordsOf(next) });
  };
  return (
    <Stack gap="xs">
      <FactField label="Text" path={`${path}.of`} value={rule.of} onChange={(of) => onChange({ ...rule, of })} />
      {shown.map((group, index) => (
        <Group key={index} gap="xs" align="flex-start">
          <NumberField
            label={`Points ${index + 1}`}
            path="-"
            value={group.points}
            width={90}
            onChange={(points) => change(replaced(shown, index, { ...group, points }))}
          />
          <TagsInput
            label={`Phrases ${index + 1}`}
            value={[...group.phrases]}
            onChange={(phrases) => change(replaced(shown, index, { ...group, phrases }))}
            readOnly={isReadOnly}
            allowDuplicates
            placeholder="Type one, press Enter"
            flex={1}
            miw={200}
          />
          {!isReadOnly && (
            <Group pt={28}>
              <RemoveTool what={`phrases ${index + 1}`} onClick={() => change(without(shown, index))} />
            </Group>
          )}
        </Group>
      ))}
      <PlaceProblem path={`${path}.words`} isDeep />
      {!isReadOnly && (
        <Adder what="Add phrases" onClick={() => change([...shown, { points: Number.NaN, phrases: [] }])} />
      )}
    </Stack>
  );
}

function isSameWords(left: readonly WordForm[], right: readonly WordForm[]): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

const fadings = [
  { value: 'none', label: 'does not fade' },
  { value: 'half', label: 'halves every … days' },
  { value: 'window', label: 'counts for … days' },
];

/** A rule may fade where there are dates behind what it asks for. */
function Fading({ rule, path, onChange }: Props) {
  const { isReadOnly } = useEditor();
  const type = decayTypeOf(rule.decay);
  const days = rule.decay === null ? 90 : daysOf(rule.decay);
  return (
    <div>
      <Group gap="xs" align="flex-start">
        <Select
          label="With time it"
          description="By the age of what was seen"
          data={fadings}
          value={type}
          allowDeselect={false}
          readOnly={isReadOnly}
          w={180}
          onChange={(next) => onChange({ ...rule, decay: decayOf(next as DecayType, days) })}
        />
        {rule.decay !== null && (
          <NumberField
            label="Days"
            hint="Above 0"
            path={`${path}.decay.${type === 'half' ? 'halfLifeDays' : 'windowDays'}`}
            value={days}
            width={90}
            onChange={(next) => onChange({ ...rule, decay: decayOf(type, next) })}
          />
        )}
      </Group>
      <PlaceProblem path={`${path}.decay`} />
    </div>
  );
}

export function Adder({ what, onClick }: { readonly what: string; readonly onClick: () => void }) {
  return (
    <Group>
      <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} aria-hidden />} onClick={onClick}>
        {what}
      </Button>
    </Group>
  );
}

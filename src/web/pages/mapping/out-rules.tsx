import { ActionIcon, Collapse, Group, Paper, Select, Stack, Switch, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustments, IconArrowNarrowRight } from '@tabler/icons-react';
import { useId } from 'react';
import type { OutRuleForm } from '../../../http/api/mapping/schemas.ts';
import { Empty } from '../../parts/empty.tsx';
import { lazyList, useEditorView } from './context.ts';
import { ProblemLine } from './in-rule.tsx';
import { ListButtons, Pairs } from './transforms.tsx';
import { RuleList, type RulePlace } from './rule-list.tsx';

interface Props {
  readonly rules: readonly OutRuleForm[];
  readonly onChange: (rules: readonly OutRuleForm[]) => void;
}

const writes = [
  { value: 'always', label: 'always' },
  { value: 'if-blank', label: 'only into a blank' },
  { value: 'if-ours', label: 'only over our own value' },
  { value: 'forward', label: 'only forward in the options' },
  { value: 'never', label: 'never, only computed' },
];

const freshOutRule: OutRuleForm = { from: '', to: '', write: 'always', values: null };

/** What we know that the CRM is told. */
export function OutRules({ rules, onChange }: Props) {
  const { mapping, object } = useEditorView();
  return (
    <Stack gap="xs">
      {rules.length === 0 && (
        <Empty title={`Nothing is written to ${object}`}>
          Add a rule: it says which score, tier or status goes into which field of {mapping.label}.
        </Empty>
      )}
      <RuleList
        label={`Rules that write ${object}`}
        rules={rules}
        added={(known) => [...known, freshOutRule]}
        onChange={onChange}
        row={(place) => <OutRuleRow {...place} />}
      />
    </Stack>
  );
}

function OutRuleRow({ rule, index, count, onChange, onMove, onRemove }: RulePlace<OutRuleForm>) {
  const { mapping, object, fields, mayEdit, problems } = useEditorView();
  const [isOpen, { toggle }] = useDisclosure();
  const details = useId();
  const isCompany = mapping.objects.some((one) => one.object === object && one.kind === 'company');
  const outputs = mapping.outputs.filter(({ isOfCompany }) => !isCompany || isOfCompany);
  const label = outputs.find(({ name }) => name === rule.from)?.label ?? `rule ${index + 1}`;
  const names = [...new Set([...writableNames(fields), ...(rule.to === '' ? [] : [rule.to])])];
  const own = problems.filter((one) => one.object === object && one.direction === 'out' && one.field === rule.to);
  return (
    <Paper withBorder p="xs">
      <div className="mapping-row mapping-row-out">
        <Select
          comboboxProps={lazyList}
          aria-label={`Value that rule ${index + 1} writes`}
          placeholder="Choose a value"
          allowDeselect={false}
          readOnly={!mayEdit}
          data={outputs.map(({ name, label: text }) => ({ value: name, label: text }))}
          value={rule.from === '' ? null : rule.from}
          onChange={(from) => onChange({ ...rule, from: from ?? '' })}
        />
        <Group justify="center">
          <IconArrowNarrowRight size={18} aria-hidden className="mapping-arrow" />
        </Group>
        <Select
          comboboxProps={lazyList}
          aria-label={`${mapping.label} field for ${label}`}
          placeholder="Choose a field"
          searchable
          limit={100}
          allowDeselect={false}
          readOnly={!mayEdit}
          data={names.map((name) => ({ value: name, label: labelOf(fields.get(name)?.label, name) }))}
          value={rule.to === '' ? null : rule.to}
          onChange={(to) => onChange({ ...rule, to: to ?? '' })}
          nothingFoundMessage="No such field that can be written"
        />
        <Select
          comboboxProps={lazyList}
          aria-label={`When ${label} is written`}
          allowDeselect={false}
          readOnly={!mayEdit}
          data={writes}
          value={rule.write}
          onChange={(write) => onChange({ ...rule, write: (write ?? 'always') as OutRuleForm['write'] })}
        />
        <Group gap={2} pt={4} wrap="nowrap" justify="flex-end">
          <ActionIcon
            variant={isOpen || rule.values !== null ? 'light' : 'subtle'}
            aria-label={`Settings of ${label}`}
            aria-expanded={isOpen}
            aria-controls={details}
            onClick={toggle}
          >
            <IconAdjustments size={16} aria-hidden />
          </ActionIcon>
          {mayEdit && <ListButtons what={label} index={index} count={count} onMove={onMove} onRemove={onRemove} />}
        </Group>
      </div>
      {own.map((problem) => (
        <ProblemLine key={problem.code} problem={problem} />
      ))}
      <Collapse expanded={isOpen} id={details}>
        {isOpen && (
          <fieldset disabled={!mayEdit} className="mapping-fieldset" aria-label={`Settings of ${label}`}>
            <Stack gap="xs" mt="sm" maw={520}>
              <Switch
                label="Translate our values into theirs"
                description="A value that is not listed is not written."
                checked={rule.values !== null}
                onChange={(event) => onChange({ ...rule, values: event.currentTarget.checked ? {} : null })}
              />
              {rule.values !== null && (
                <Pairs
                  pairs={rule.values}
                  heads={['Ours', 'Theirs']}
                  onChange={(values) => onChange({ ...rule, values })}
                />
              )}
              {rule.values === null && (
                <Text size="sm" c="dimmed">
                  The value is written as it is.
                </Text>
              )}
            </Stack>
          </fieldset>
        )}
      </Collapse>
    </Paper>
  );
}

function writableNames(fields: ReturnType<typeof useEditorView>['fields']): readonly string[] {
  return [...fields.values()].filter((field) => !field.isReadOnly && !field.isCalculated).map(({ name }) => name);
}

function labelOf(label: string | undefined, name: string): string {
  return label === undefined || label === name ? name : `${label} (${name})`;
}

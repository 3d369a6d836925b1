import {
  ActionIcon,
  Badge,
  Collapse,
  type ComboboxParsedItem,
  Group,
  MultiSelect,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Text,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustments, IconArrowNarrowRight } from '@tabler/icons-react';
import { useId } from 'react';
import type { InRuleForm, LiveProblem, MappedCell, MappingTarget } from '../../../http/api/mapping/schemas.ts';
import { valueText } from './value-text.ts';
import { Cell } from './cell.tsx';
import { lazyList, useEditorView } from './context.ts';
import { ListButtons, TransformList } from './transforms.tsx';
import { transformText } from './transform-words.ts';

interface Props {
  readonly rule: InRuleForm;
  readonly index: number;
  readonly count: number;
  readonly targets: readonly MappingTarget[];
  /** Fields of ours that other rules fill. */
  readonly taken: ReadonlySet<string>;
  /** What the rule makes of the record that is shown; null = not known. */
  readonly cell: MappedCell | null;
  readonly onChange: (rule: InRuleForm) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

export function InRuleRow({ rule, index, count, targets, taken, cell, onChange, onMove, onRemove }: Props) {
  const { mayEdit, fields, problems, object } = useEditorView();
  const [isOpen, { toggle }] = useDisclosure();
  const details = useId();
  const target = targets.find(({ name }) => name === rule.to);
  const label = target?.label ?? `rule ${index + 1}`;
  const own = problems.filter(
    (one) => one.object === object && one.direction === 'in' && rule.from.includes(one.field),
  );
  return (
    <Paper withBorder p="xs">
      <div className="mapping-row">
        <FromSelect rule={rule} label={label} onChange={onChange} />
        <Group gap={4} justify="center" wrap="nowrap">
          <IconArrowNarrowRight size={18} aria-hidden className="mapping-arrow" />
        </Group>
        <Select
          comboboxProps={lazyList}
          aria-label={`Field of the lead that rule ${index + 1} fills`}
          placeholder="Choose a field"
          searchable
          allowDeselect={false}
          readOnly={!mayEdit}
          data={targets.map((one) => ({ value: one.name, label: one.label, disabled: taken.has(one.name) }))}
          value={rule.to === '' ? null : rule.to}
          onChange={(to) => onChange({ ...rule, to: to ?? '' })}
          description={target?.description}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
        />
        <Cell cell={cell} />
        <Group gap={2} pt={4} wrap="nowrap" justify="flex-end">
          <ActionIcon
            variant={isOpen ? 'light' : 'subtle'}
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
      <RuleBadges rule={rule} target={target} />
      {own.map((problem) => (
        <ProblemLine key={`${problem.field} ${problem.code}`} problem={problem} />
      ))}
      <Collapse expanded={isOpen} id={details}>
        {isOpen && (
          <fieldset disabled={!mayEdit} className="mapping-fieldset" aria-label={`Settings of ${label}`}>
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" mt="sm">
              <TransformList
                of={label}
                transforms={rule.transform}
                options={fields.get(rule.from[0] ?? '')?.options ?? []}
                onChange={(transform) => onChange({ ...rule, transform })}
              />
              <Policies rule={rule} onChange={onChange} />
            </SimpleGrid>
          </fieldset>
        )}
      </Collapse>
    </Paper>
  );
}

/** What is unusual about a rule, seen without opening it. */
function RuleBadges({ rule, target }: { readonly rule: InRuleForm; readonly target: MappingTarget | undefined }) {
  const asked = target?.usedBy.length ?? 0;
  return (
    <Group gap={4} mt={6}>
      {target?.need === 'required' && <Badge color="indigo">required</Badge>}
      {asked > 0 && (
        <Badge color="gray" title={target?.usedBy.map((use) => `${use.profile} ${use.type}: ${use.label}`).join('\n')}>
          used by {asked} {asked === 1 ? 'rule' : 'rules'}
        </Badge>
      )}
      {rule.transform.map((transform, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- shown in their order, and nothing else
        <Badge key={index} color="teal">
          {transformText(transform)}
        </Badge>
      ))}
      {rule.blank === 'clear' && <Badge color="orange">a blank clears</Badge>}
      {rule.conflict !== 'crm' && <Badge color="grape">{conflictWords[rule.conflict]}</Badge>}
      {rule.onInvalid === 'reject' && <Badge color="red">rejects what it cannot convert</Badge>}
    </Group>
  );
}

export function ProblemLine({ problem }: { readonly problem: LiveProblem }) {
  const isPause = problem.severity === 'pauses';
  return (
    <Text size="sm" mt={6} className={isPause ? 'mapping-fault' : 'mapping-warning'}>
      <b>{isPause ? 'Would pause: ' : 'Note: '}</b>
      {problem.message}. {problem.remedy}
    </Text>
  );
}

interface FromProps {
  readonly rule: InRuleForm;
  readonly label: string;
  readonly onChange: (rule: InRuleForm) => void;
}

/** Any field of the CRM, found by its label and its API name; also one that the CRM does not have, as long as it is mapped. */
function FromSelect({ rule, label, onChange }: FromProps) {
  const { fields, mayEdit, mapping, records } = useEditorView();
  const names = [...new Set([...fields.keys(), ...rule.from])];
  const [first] = rule.from;
  const field = first === undefined ? undefined : fields.get(first);
  const said = field?.samples.slice(0, 2).join(', ') ?? '';
  const filled = field === undefined || records === 0 ? null : Math.round((100 * field.filled) / records);
  return (
    <MultiSelect
      comboboxProps={lazyList}
      aria-label={`${mapping.label} fields for ${label}`}
      placeholder={rule.from.length === 0 ? 'Choose a field' : ''}
      searchable
      hidePickedOptions
      limit={100}
      maxDropdownHeight={320}
      readOnly={!mayEdit}
      data={names.map((name) => ({ value: name, label: fields.get(name)?.label ?? name }))}
      filter={({ options, search, limit }) => options.filter((option) => isFound(option, search)).slice(0, limit)}
      value={rule.from}
      onChange={(from) => onChange({ ...rule, from })}
      renderOption={({ option }) => <FieldOption name={option.value} />}
      description={[rule.from.join(' + '), filled === null ? '' : `${filled}% filled`, said]
        .filter(Boolean)
        .join(' · ')}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      nothingFoundMessage="No such field"
    />
  );
}

/** By label and by API name. */
function isFound(option: ComboboxParsedItem, search: string): boolean {
  const words = search.trim().toLowerCase();
  return (
    'value' in option && (option.label.toLowerCase().includes(words) || option.value.toLowerCase().includes(words))
  );
}

function FieldOption({ name }: { readonly name: string }) {
  const { fields } = useEditorView();
  const field = fields.get(name);
  return (
    <Stack gap={0}>
      <Text size="sm">{field?.label ?? name}</Text>
      <Text size="xs" c="dimmed">
        {name}
        {field !== undefined && ` · ${field.type}`}
        {field !== undefined && field.samples.length > 0 && ` · ${valueText(field.samples[0] ?? '')}`}
      </Text>
    </Stack>
  );
}

const conflictWords = {
  crm: 'the CRM wins',
  ours: 'ours wins',
  'crm-unless-blank': 'the CRM wins unless blank',
  newest: 'the newest wins',
} as const;

function Policies({ rule, onChange }: Omit<FromProps, 'label'>) {
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        When values meet
      </Text>
      <Select
        comboboxProps={lazyList}
        label="A blank in the CRM"
        allowDeselect={false}
        data={[
          { value: 'keep', label: 'keeps what is known' },
          { value: 'clear', label: 'clears what this record said' },
        ]}
        value={rule.blank}
        onChange={(blank) => onChange({ ...rule, blank: blank === 'clear' ? 'clear' : 'keep' })}
      />
      <Select
        comboboxProps={lazyList}
        label="Where both sides know a value"
        allowDeselect={false}
        data={Object.entries(conflictWords).map(([value, label]) => ({ value, label }))}
        value={rule.conflict}
        onChange={(conflict) => onChange({ ...rule, conflict: (conflict ?? 'crm') as InRuleForm['conflict'] })}
      />
      <Select
        comboboxProps={lazyList}
        label="A value that cannot be converted"
        allowDeselect={false}
        data={[
          { value: 'null', label: 'counts as unknown; the record goes on' },
          { value: 'reject', label: 'rejects the whole record' },
        ]}
        value={rule.onInvalid}
        onChange={(onInvalid) => onChange({ ...rule, onInvalid: onInvalid === 'reject' ? 'reject' : 'null' })}
      />
    </Stack>
  );
}

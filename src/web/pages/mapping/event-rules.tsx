import { ActionIcon, Button, Group, Paper, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowNarrowRight, IconPlus, IconTrash } from '@tabler/icons-react';
import type { EventRuleForm } from '../../../http/api/mapping/schemas.ts';
import { Empty } from '../../parts/empty.tsx';
import { replaced, without } from '../../parts/lists.ts';
import { capital, titled } from '../../parts/words.ts';
import { lazyList, useEditorView } from './context.ts';
import { conditionsOf, containsOf, coveredBy, type EventCondition, movedTo, withFresh } from './event-conditions.ts';
import { RuleList, type RulePlace } from './rule-list.tsx';
import { ListButtons } from './transforms.tsx';
import { isSame } from './use-editor.ts';

interface Props {
  readonly onChange: (rules: readonly EventRuleForm[]) => void;
}

/** What a form, a response or an activity counts as: a row a rule, the first that matches. */
export function EventRules({ onChange }: Props) {
  const { definition, mapping } = useEditorView();
  const [first] = mapping.eventSources;
  if (first === undefined) {
    return (
      <Empty title="There is nothing to tell apart">
        What {mapping.label} tells of people’s doings says by itself what it is: no rule is needed.
      </Empty>
    );
  }
  return (
    <Stack gap="xs">
      {definition.events.length > 0 && (
        <div className="mapping-row mapping-row-event mapping-head" aria-hidden>
          {['Object', 'Says', '', 'Counts as', ''].map((head, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- columns do not move
            <Text key={index} size="xs" fw={600} c="dimmed">
              {head}
            </Text>
          ))}
        </div>
      )}
      {definition.events.length === 0 && (
        <Empty title="There is no rule">
          No {mapping.eventSources.map(({ object }) => object).join(', ')} of {mapping.label} counts by a rule. Add one:
          it says which text makes it which kind of engagement.
        </Empty>
      )}
      <RuleList
        label="Event rules"
        rules={definition.events}
        added={(rules) => withFresh(rules, first.object)}
        onChange={onChange}
        row={(place) => <EventRow {...place} />}
      />
    </Stack>
  );
}

function EventRow({ rule, index, count, onChange, onMove, onRemove }: RulePlace<EventRuleForm>) {
  const { definition, mapping, mayEdit } = useEditorView();
  const mistakes = useMistakes(rule, index);
  const name = `event rule ${index + 1}`;
  const sources = mapping.eventSources.map(({ object }) => object);
  const covering = coveredBy(definition.events, index);
  const textsOf = (object: string) => mapping.eventSources.find((one) => one.object === object)?.texts ?? [];
  return (
    <Paper withBorder p="xs">
      <div className="mapping-row mapping-row-event">
        <Select
          comboboxProps={lazyList}
          aria-label={`Object of ${name}`}
          allowDeselect={false}
          readOnly={!mayEdit}
          data={[...new Set([...sources, rule.object])]}
          value={rule.object}
          error={mistakes.get('object')}
          onChange={(object) =>
            object !== null && onChange({ ...rule, object, contains: movedTo(rule.contains, textsOf(object)) })
          }
        />
        <Conditions
          of={name}
          conditions={conditionsOf(rule.contains)}
          texts={textsOf(rule.object)}
          mistakes={mistakes}
          onChange={(conditions) => onChange({ ...rule, contains: containsOf(conditions) })}
        />
        <Group justify="center">
          <IconArrowNarrowRight size={18} aria-hidden className="mapping-arrow" />
        </Group>
        <TypeSelect of={name} rule={rule} mistake={mistakes.get('type')} onChange={onChange} />
        <Group gap={2} pt={4} wrap="nowrap" justify="flex-end">
          {mayEdit && <ListButtons what={name} index={index} count={count} onMove={onMove} onRemove={onRemove} />}
        </Group>
      </div>
      {covering !== null && (
        <Text size="sm" mt={6} className="mapping-warning">
          <b>Never reached: </b>
          rule {covering + 1} takes all that it would match. Move it up, or take it away.
        </Text>
      )}
    </Paper>
  );
}

/** By the part of the rule; nothing is said of what was changed since the last check. */
function useMistakes(rule: EventRuleForm, index: number): ReadonlyMap<string, string> {
  const { check } = useEditorView();
  if (check === null || !isSame(check.definition.events[index], rule)) return new Map();
  const place = `events[${index}].`;
  return new Map(
    check.mistakes
      .filter(({ path }) => path.startsWith(place))
      .map(({ path, message, remedy }) => [path.slice(place.length), `${capital(message)}. ${remedy}`]),
  );
}

/** For whatever it says, wherever. */
const anywhere = '*';

interface ConditionsProps {
  readonly of: string;
  readonly conditions: readonly EventCondition[];
  /** That the object has. */
  readonly texts: readonly string[];
  readonly mistakes: ReadonlyMap<string, string>;
  readonly onChange: (conditions: readonly EventCondition[]) => void;
}

function Conditions({ of, conditions, texts, mistakes, onChange }: ConditionsProps) {
  const { mayEdit } = useEditorView();
  const unused = texts.filter((text) => conditions.every(({ field }) => field !== text));
  const [next] = unused;
  const mayAdd = mayEdit && next !== undefined && conditions.every(({ field }) => field !== null);
  return (
    <Stack gap={4}>
      {conditions.map((condition, index) => {
        const { field, text } = condition;
        const name = conditions.length === 1 ? of : `condition ${index + 1} of ${of}`;
        return (
          // oxlint-disable-next-line react/no-array-index-key -- a condition is its place
          <Group key={index} gap={4} wrap="nowrap" align="flex-start">
            {(texts.length > 1 || field !== null) && (
              <Select
                comboboxProps={lazyList}
                aria-label={`Where ${name} looks`}
                w={170}
                allowDeselect={false}
                readOnly={!mayEdit}
                data={[
                  ...(conditions.length === 1 ? [{ value: anywhere, label: 'anywhere' }] : []),
                  ...texts.map((one) => ({ value: one, label: one, disabled: one !== field && !unused.includes(one) })),
                  ...(field === null || texts.includes(field) ? [] : [field]),
                ]}
                value={field ?? anywhere}
                error={mistakes.get(`contains["${field}"]`)}
                onChange={(to) => onChange(replaced(conditions, index, { text, field: to === anywhere ? null : to }))}
              />
            )}
            <TextInput
              aria-label={`Text of ${name}`}
              placeholder="anything"
              flex={1}
              readOnly={!mayEdit}
              value={text}
              onChange={(event) => onChange(replaced(conditions, index, { field, text: event.currentTarget.value }))}
            />
            {mayEdit && conditions.length > 1 && (
              <ActionIcon
                variant="subtle"
                color="red"
                mt={4}
                aria-label={`Remove ${name}`}
                onClick={() => onChange(without(conditions, index))}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            )}
          </Group>
        );
      })}
      {mayAdd && (
        <div>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlus size={14} aria-hidden />}
            aria-label={`Add a condition to ${of}`}
            onClick={() => onChange([...conditions, { field: next, text: '' }])}
          >
            Add a condition
          </Button>
        </div>
      )}
    </Stack>
  );
}

interface TypeProps {
  readonly of: string;
  readonly rule: EventRuleForm;
  readonly mistake: string | undefined;
  readonly onChange: (rule: EventRuleForm) => void;
}

function TypeSelect({ of, rule, mistake, onChange }: TypeProps) {
  const { definition, mapping, mayEdit } = useEditorView();
  const labels = new Map(mapping.targets.map(({ name, label }) => [name, label]));
  const counter = mapping.eventTypes.find(({ name }) => name === rule.type)?.counter ?? null;
  const isSummed = counter !== null && definition.counters[counter] === 'events';
  return (
    <Select
      comboboxProps={lazyList}
      aria-label={`What ${of} counts as`}
      placeholder="Choose a kind"
      searchable
      allowDeselect={false}
      readOnly={!mayEdit}
      data={mapping.eventTypes.map(({ name }) => ({ value: name, label: titled(name) }))}
      value={rule.type === '' ? null : rule.type}
      error={mistake}
      description={isSummed ? `adds to “${labels.get(counter) ?? counter}”` : undefined}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      onChange={(type) => onChange({ ...rule, type: type ?? '' })}
    />
  );
}

import { Accordion, Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ComponentForm, ProfileDefinition, RuleForm } from '../../../http/api/profiles/schemas.ts';
import { freeName, replaced } from '../../parts/lists.ts';
import { useEditor, useHasProblem } from './editor-context.tsx';
import { ListTools, NumberField, PlaceProblem, TextField } from './fields.tsx';
import { Adder, RuleFields } from './rule-fields.tsx';
import { mostPoints, newRule, weightSum } from './rules.ts';
import { ruleText } from './words.ts';

interface Props {
  readonly profile: ProfileDefinition;
  readonly onChange: (profile: ProfileDefinition) => void;
}

/** The components of a score, each with its rules. */
export function Components({ profile, onChange }: Props) {
  const { isReadOnly } = useEditor();
  const { components } = profile;
  const change = (next: readonly ComponentForm[]): void => onChange({ ...profile, components: next });
  const ruleIds = components.flatMap(({ rules }) => rules.map(({ id }) => id));
  return (
    <Stack gap="md">
      <Balance profile={profile} />
      <PlaceProblem path="components" />
      {components.map((component, index) => (
        <ComponentCard
          key={index}
          component={component}
          index={index}
          all={components}
          ruleIds={ruleIds}
          onChange={(next) => change(replaced(components, index, next))}
          onChangeAll={change}
        />
      ))}
      {!isReadOnly && (
        <Adder
          what="Add a component"
          onClick={() => {
            const name = freeName(
              'component',
              components.map((one) => one.name),
            );
            change([...components, { name, max: 10, weightPercent: 100, rules: [] }]);
          }}
        />
      )}
    </Stack>
  );
}

/** Whether the components make up a whole score: a live check. */
function Balance({ profile: { kind, components } }: { readonly profile: ProfileDefinition }) {
  const weights = weightSum(components);
  const most = mostPoints(components);
  const isWhole = kind === 'plg' ? weights === 100 : most === 100;
  const text = kind === 'plg' ? weightText(weights) : reachText(most);
  return (
    <Group gap="xs" role="status">
      <Badge color={isWhole ? 'green' : 'orange'} size="lg">
        {text}
      </Badge>
      <Text size="sm" c="dimmed">
        Score = sum of each component’s points, up to its maximum, times its weight.
      </Text>
    </Group>
  );
}

function weightText(sum: number): string {
  if (!Number.isFinite(sum)) return 'A weight is missing';
  if (sum === 100) return 'Weights add up to 100 %';
  return `Weights add up to ${sum} %: ${sum < 100 ? `${100 - sum} % are missing` : `${sum - 100} % too much`}`;
}

function reachText(most: number): string {
  if (!Number.isFinite(most)) return 'A maximum or a weight is missing';
  if (most === 100) return 'Components reach 100 of 100 points';
  return `Components reach ${most} of 100 points: ${most < 100 ? 'no lead can get more' : 'too many'}`;
}

interface CardProps {
  readonly component: ComponentForm;
  readonly index: number;
  readonly all: readonly ComponentForm[];
  readonly ruleIds: readonly string[];
  readonly onChange: (component: ComponentForm) => void;
  readonly onChangeAll: (components: readonly ComponentForm[]) => void;
}

function ComponentCard({ component, index, all, ruleIds, onChange, onChangeAll }: CardProps) {
  const { isReadOnly, facts } = useEditor();
  const path = `components[${index}]`;
  const { rules } = component;
  const change = (next: readonly RuleForm[]): void => onChange({ ...component, rules: next });
  return (
    <Paper withBorder p="md" component="section" aria-label={`Component ${component.name}`}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Title order={2} size="h4">
            {component.name === '' ? `Component ${index + 1}` : component.name}
          </Title>
          <ListTools what={`component ${component.name}`} list={all} index={index} onChange={onChangeAll} />
        </Group>
        <Group gap="sm" align="flex-start">
          <TextField
            label="Name"
            path={`${path}.name`}
            value={component.name}
            width={200}
            onChange={(name) => onChange({ ...component, name })}
          />
          <NumberField
            label="Maximum"
            path={`${path}.max`}
            value={component.max}
            width={110}
            onChange={(max) => onChange({ ...component, max })}
          />
          <NumberField
            label="Weight"
            path={`${path}.weightPercent`}
            value={component.weightPercent}
            width={110}
            suffix=" %"
            onChange={(weightPercent) => onChange({ ...component, weightPercent })}
          />
        </Group>
        <PlaceProblem path={path} />
        <Accordion multiple variant="separated" chevronPosition="left" order={3} keepMounted={false}>
          {rules.map((rule, at) => (
            <RuleItem
              key={at}
              rule={rule}
              path={`${path}.rules[${at}]`}
              index={at}
              all={rules}
              onChange={(next) => change(replaced(rules, at, next))}
              onChangeAll={change}
            />
          ))}
        </Accordion>
        {!isReadOnly && (
          <Adder
            what="Add a rule"
            onClick={() => change([...rules, newRule(freeName('rule', ruleIds), facts[0]?.name ?? '')])}
          />
        )}
      </Stack>
    </Paper>
  );
}

interface RuleProps {
  readonly rule: RuleForm;
  readonly path: string;
  readonly index: number;
  readonly all: readonly RuleForm[];
  readonly onChange: (rule: RuleForm) => void;
  readonly onChangeAll: (rules: readonly RuleForm[]) => void;
}

function RuleItem({ rule, path, index, all, onChange, onChangeAll }: RuleProps) {
  const isWrong = useHasProblem(path);
  return (
    <Accordion.Item value={String(index)}>
      <Accordion.Control>
        <Group gap="xs" justify="space-between" wrap="nowrap">
          <Stack gap={0}>
            <Text size="sm" fw={600}>
              {rule.label === '' ? 'No label yet' : rule.label}
            </Text>
            <Text size="sm" c="dimmed">
              {ruleText(rule)}
            </Text>
          </Stack>
          {isWrong && (
            <Badge color="red" miw="max-content">
              to mend
            </Badge>
          )}
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack gap="xs">
          <RuleFields rule={rule} path={path} onChange={onChange} />
          <Group justify="flex-end">
            <ListTools what={`rule ${rule.label}`} list={all} index={index} onChange={onChangeAll} />
          </Group>
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  );
}

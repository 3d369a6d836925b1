import { Group, Paper, Select, Stack, Text } from '@mantine/core';
import type { ProfileDefinition, SegmentForm, TierForm, TriggerForm } from '../../../http/api/profiles/schemas.ts';
import { ConditionEditor } from './condition-editor.tsx';
import { freeName, replaced } from '../../parts/lists.ts';
import { useEditor } from './editor-context.tsx';
import { ListTools, NumberField, PlaceProblem, TextField } from './fields.tsx';
import { Adder } from './rule-fields.tsx';

interface Props {
  readonly profile: ProfileDefinition;
  readonly onChange: (profile: ProfileDefinition) => void;
}

/** What a score is called. */
export function Tiers({ profile, onChange }: Props) {
  const { isReadOnly, kind } = useEditor();
  const { tiers } = profile;
  const change = (next: readonly TierForm[]): void => onChange({ ...profile, tiers: next });
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        A score has the name of the first tier that it reaches: the highest first, the last from 0.
        {kind === 'plg' && ' Those of the product score are fixed: hot 80, warm 60, nurture 40, monitor 0.'}
      </Text>
      <PlaceProblem path="tiers" />
      {tiers.map((tier, index) => (
        <Group key={index} gap="sm" align="flex-end">
          <TextField
            label={`Tier ${index + 1}`}
            path={`tiers[${index}].tier`}
            value={tier.tier}
            width={200}
            onChange={(name) => change(replaced(tiers, index, { ...tier, tier: name }))}
          />
          <NumberField
            label={`Tier ${index + 1}: from`}
            path={`tiers[${index}].atLeast`}
            value={tier.atLeast}
            onChange={(atLeast) => change(replaced(tiers, index, { ...tier, atLeast }))}
          />
          <ListTools what={`tier ${tier.tier}`} list={tiers} index={index} onChange={change} />
        </Group>
      ))}
      {!isReadOnly && <Adder what="Add a tier" onClick={() => change([...tiers, { tier: 'new', atLeast: 0 }])} />}
    </Stack>
  );
}

/** What makes a lead an MQL. */
export function Triggers({ profile, onChange }: Props) {
  const { isReadOnly, triggerFacts } = useEditor();
  const { triggers } = profile;
  const change = (next: readonly TriggerForm[]): void => onChange({ ...profile, triggers: next });
  const ids = triggers.map(({ id }) => id);
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Any one of these makes a lead an MQL. It stays one, whatever becomes of its score, until sales moves it on.
      </Text>
      <PlaceProblem path="triggers" />
      {triggers.map((trigger, index) => (
        <Paper key={index} withBorder p="sm" component="section" aria-label={`Trigger ${trigger.label}`}>
          <Stack gap="xs">
            <Group gap="sm" align="flex-end">
              <TextField
                label="Label"
                path={`triggers[${index}].label`}
                value={trigger.label}
                onChange={(label) => change(replaced(triggers, index, { ...trigger, label }))}
              />
              <TextField
                label="Id"
                path={`triggers[${index}].id`}
                value={trigger.id}
                width={150}
                onChange={(id) => change(replaced(triggers, index, { ...trigger, id }))}
              />
              <ListTools what={`trigger ${trigger.label}`} list={triggers} index={index} onChange={change} />
            </Group>
            <ConditionEditor
              condition={trigger.when}
              path={`triggers[${index}].when`}
              more={triggerFacts}
              onChange={(when) => change(replaced(triggers, index, { ...trigger, when }))}
            />
          </Stack>
        </Paper>
      ))}
      {!isReadOnly && (
        <Adder
          what="Add a trigger"
          onClick={() =>
            change([
              ...triggers,
              { id: freeName('trigger', ids), label: 'new trigger', when: { of: 'lead_score', atLeast: 60 } },
            ])
          }
        />
      )}
    </Stack>
  );
}

const segmentNames = ['Enterprise', 'Mid-Market', 'SMB', 'unknown'];

/** Which kind of customer somebody would be. */
export function Segments({ profile, onChange }: Props) {
  const { isReadOnly } = useEditor();
  const { segments } = profile;
  const change = (next: readonly SegmentForm[]): void => onChange({ ...profile, segments: next });
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        The first that holds is the segment; where none holds it is “unknown”.
      </Text>
      <PlaceProblem path="segments" />
      {segments.map((segment, index) => (
        <Paper key={index} withBorder p="sm" component="section" aria-label={`Segment ${index + 1}`}>
          <Stack gap="xs">
            <Group gap="sm" align="flex-end">
              <Select
                label="Segment"
                data={segmentNames}
                value={segment.segment}
                allowDeselect={false}
                readOnly={isReadOnly}
                w={200}
                onChange={(name) => name !== null && change(replaced(segments, index, { ...segment, segment: name }))}
              />
              <ListTools what={`segment ${index + 1}`} list={segments} index={index} onChange={change} />
            </Group>
            <ConditionEditor
              condition={segment.when}
              path={`segments[${index}].when`}
              onChange={(when) => change(replaced(segments, index, { ...segment, when }))}
            />
          </Stack>
        </Paper>
      ))}
      {!isReadOnly && (
        <Adder
          what="Add a segment"
          onClick={() => change([...segments, { segment: 'SMB', when: { of: 'employee_count', known: true } }])}
        />
      )}
    </Stack>
  );
}

import { Code, Group, Paper, Stack, Switch, Text, Textarea, Title } from '@mantine/core';
import type { ActionForm, LineForm, ProfileDefinition } from '../../../http/api/profiles/schemas.ts';
import { ConditionEditor } from './condition-editor.tsx';
import { replaced } from '../../parts/lists.ts';
import { useEditor, useProblemAt } from './editor-context.tsx';
import { ListTools, PlaceProblem } from './fields.tsx';
import { Adder } from './rule-fields.tsx';

const parts = [
  ['who', 'Who it is'],
  ['whyNow', 'Why now'],
  ['whatToDo', 'What to do'],
] as const satisfies readonly (readonly [keyof ActionForm, string])[];

const nothing: ActionForm = { who: [], whyNow: [], whatToDo: [] };

interface Props {
  readonly profile: ProfileDefinition;
  readonly onChange: (profile: ProfileDefinition) => void;
}

/** The sentences that a rep is told. */
export function Action({ profile, onChange }: Props) {
  const { isReadOnly } = useEditor();
  const { action } = profile;
  const shown = action ?? nothing;
  return (
    <Stack gap="md">
      <Switch
        label="Suggest to reps what to do"
        checked={action !== null}
        disabled={isReadOnly}
        onChange={(event) => onChange({ ...profile, action: event.currentTarget.checked ? nothing : null })}
      />
      <PlaceProblem path="action" />
      {action !== null && (
        <Text size="sm" c="dimmed">
          Of each part the first line is said that applies and whose facts are known.{' '}
          <Code>{'{champion_first_name}'}</Code> puts a fact in its place.
        </Text>
      )}
      {action !== null &&
        parts.map(([part, title]) => (
          <Lines
            key={part}
            part={part}
            title={title}
            lines={shown[part]}
            onChange={(lines) => onChange({ ...profile, action: { ...shown, [part]: lines } })}
          />
        ))}
    </Stack>
  );
}

interface LinesProps {
  readonly part: keyof ActionForm;
  readonly title: string;
  readonly lines: readonly LineForm[];
  readonly onChange: (lines: readonly LineForm[]) => void;
}

function Lines({ part, title, lines, onChange }: LinesProps) {
  const { isReadOnly } = useEditor();
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={2} size="h5">
        {title}
      </Title>
      {lines.map((line, index) => (
        <Line
          key={index}
          line={line}
          name={`${title}, line ${index + 1}`}
          path={`action.${part}[${index}]`}
          tools={<ListTools what={`line ${index + 1} of “${title}”`} list={lines} index={index} onChange={onChange} />}
          onChange={(next) => onChange(replaced(lines, index, next))}
        />
      ))}
      {!isReadOnly && (
        <Adder what={`Add a line to “${title}”`} onClick={() => onChange([...lines, { when: null, say: '' }])} />
      )}
    </Stack>
  );
}

interface LineProps {
  readonly line: LineForm;
  readonly name: string;
  readonly path: string;
  readonly tools: React.ReactNode;
  readonly onChange: (line: LineForm) => void;
}

function Line({ line, name, path, tools, onChange }: LineProps) {
  const { isReadOnly, lineFacts } = useEditor();
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs">
        <Group align="flex-start" wrap="nowrap">
          <Textarea
            aria-label={name}
            value={line.say}
            onChange={(event) => onChange({ ...line, say: event.currentTarget.value })}
            error={useProblemAt(`${path}.say`)}
            readOnly={isReadOnly}
            autosize
            minRows={1}
            flex={1}
          />
          {tools}
        </Group>
        <Switch
          label="Only when a condition holds"
          aria-label={`${name}: only when a condition holds`}
          size="xs"
          checked={line.when !== null}
          disabled={isReadOnly}
          onChange={(event) =>
            onChange({ ...line, when: event.currentTarget.checked ? { of: 'plg_tier', equals: 'hot' } : null })
          }
        />
        {line.when !== null && (
          <ConditionEditor
            condition={line.when}
            path={`${path}.when`}
            more={lineFacts}
            onChange={(when) => onChange({ ...line, when })}
          />
        )}
      </Stack>
    </Paper>
  );
}

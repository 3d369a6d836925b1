import { Badge, Button, Group, Paper, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type {
  ProfileDefinition,
  ProfileExample,
  ProfileKind,
  TestList,
  TestResults,
} from '../../../http/api/profiles/schemas.ts';
import { useProfileTests, useSaveTests, useTestResults } from '../../api/profile-tests.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { freeName, replaced, without } from '../../parts/lists.ts';
import { useEditor } from './editor-context.tsx';
import { factOfText, textOfFact } from './fact-values.ts';
import { FactField, OptionalNumberField, RemoveTool, TextField } from './fields.tsx';
import { Adder } from './rule-fields.tsx';

/** Examples that are not saved yet. Kept outside of the tab, so that another look at the rules does not lose them. */
export interface UnsavedExamples {
  /** Null = as they are saved. */
  readonly edited: TestList | null;
  readonly setEdited: (edited: TestList | null) => void;
  readonly save: (edited: TestList) => void;
  readonly isSaving: boolean;
  readonly error: Error | null;
}

export function useUnsavedExamples(kind: ProfileKind): UnsavedExamples {
  // Begins from what was there at the first change: whoever saves over somebody else's is told.
  const [edited, setEdited] = useState<TestList | null>(null);
  const saving = useSaveTests(kind);
  return {
    edited,
    setEdited(next) {
      setEdited(next);
      if (next === null) saving.reset();
    },
    save: (list) =>
      saving.mutate(list, {
        // What was typed meanwhile goes on from there.
        onSuccess: ({ revision }) =>
          setEdited((now) => (now === null || now.tests === list.tests ? null : { ...now, revision })),
      }),
    isSaving: saving.isPending,
    error: saving.error,
  };
}

interface Props {
  readonly profile: ProfileDefinition;
  readonly stamp: string | null;
  readonly unsaved: UnsavedExamples;
}

/** People made up, each with the score that it ought to have: the draft is held against them. */
export function Examples(props: Props) {
  const { kind } = useEditor();
  const tests = useProfileTests(kind);
  if (tests.data !== undefined) return <ExampleList stored={tests.data} {...props} />;
  if (tests.error === null) return <Loading what="the examples" />;
  return <ProblemNote error={tests.error} onRetry={() => void tests.refetch()} />;
}

function ExampleList({ stored, profile, stamp, unsaved }: Props & { readonly stored: TestList }) {
  const { kind, isReadOnly, facts } = useEditor();
  const { edited, setEdited, save, isSaving, error } = unsaved;
  const { tests, revision } = edited ?? stored;
  const setTests = (next: readonly ProfileExample[]): void => setEdited({ tests: [...next], revision });
  const [settled] = useDebouncedValue(tests, 300);
  const run = useTestResults(kind, { profile, stamp: isReadOnly ? null : stamp, tests: settled });
  const isChanged = edited !== null;
  const names = tests.map(({ name }) => name);
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Somebody made up, and the score that they ought to have. What is said of them counts as seen just now; what is
        left open is not checked. Publishing asks once more where one fails.
      </Text>
      {tests.length === 0 && (
        <Empty title="There is no example yet">
          Write down a few people whose score you are sure of, such as a superintendent who asked for a demo. They tell
          at once when a change of the rules does something else than was meant.
        </Empty>
      )}
      {tests.map((test, index) => (
        <ExampleCard
          key={index}
          test={test}
          number={index + 1}
          tiers={profile.tiers.map(({ tier }) => tier)}
          result={run.data?.[index]}
          onChange={(next) => setTests(replaced(tests, index, next))}
          onRemove={() => setTests(without(tests, index))}
        />
      ))}
      {run.error !== null && <ProblemNote error={run.error} onRetry={() => void run.refetch()} />}
      {error !== null && <ProblemNote error={error} />}
      {!isReadOnly && (
        <Group>
          <Adder
            what="Add an example"
            onClick={() =>
              setTests([
                ...tests,
                {
                  name: freeName('New example', names),
                  facts: { [facts[0]?.name ?? '']: null },
                  total: null,
                  tier: null,
                  qualifies: null,
                },
              ])
            }
          />
          <Button
            size="compact-sm"
            data-disabled={!isChanged}
            loading={isSaving}
            onClick={() => save({ tests, revision })}
          >
            Save the examples
          </Button>
          {isChanged && (
            <Button size="compact-sm" variant="default" onClick={() => setEdited(null)}>
              Take the changes back
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}

interface CardProps {
  readonly test: ProfileExample;
  readonly number: number;
  readonly tiers: readonly string[];
  readonly result: TestResults['results'][number] | undefined;
  readonly onChange: (test: ProfileExample) => void;
  readonly onRemove: () => void;
}

function ExampleCard({ test, number, tiers, result, onChange, onRemove }: CardProps) {
  const { isReadOnly, facts: known } = useEditor();
  const facts = Object.entries(test.facts);
  const change = (next: typeof facts): void => onChange({ ...test, facts: Object.fromEntries(next) });
  const unused = known.find(({ name }) => !(name in test.facts))?.name;
  return (
    <Paper withBorder p="sm" component="section" aria-label={`Example ${test.name}`}>
      <Stack gap="xs">
        <Group gap="sm" align="flex-end">
          <TextField label="Name" path="-" value={test.name} onChange={(name) => onChange({ ...test, name })} />
          {!isReadOnly && <RemoveTool what={`example ${test.name}`} onClick={onRemove} />}
        </Group>
        {facts.map(([fact, value], index) => (
          <Group key={fact} gap="xs" align="flex-end">
            <FactField
              label={`Fact ${index + 1}`}
              path="-"
              value={fact}
              onChange={(next) => change(replaced(facts, index, [next, value]))}
            />
            <TextInput
              label={`Value ${index + 1}`}
              value={textOfFact(value)}
              placeholder="not known"
              readOnly={isReadOnly}
              w={180}
              onChange={(event) => change(replaced(facts, index, [fact, factOfText(event.currentTarget.value)]))}
            />
            {!isReadOnly && <RemoveTool what={`fact ${index + 1}`} onClick={() => change(without(facts, index))} />}
          </Group>
        ))}
        {!isReadOnly && unused !== undefined && (
          <Adder what="Add a fact" onClick={() => change([...facts, [unused, null]])} />
        )}
        <Expected test={test} number={number} tiers={tiers} onChange={onChange} />
        {result !== undefined && <Result result={result} />}
      </Stack>
    </Paper>
  );
}

const answers = [
  { value: 'open', label: 'left open' },
  { value: 'yes', label: 'is an MQL' },
  { value: 'no', label: 'is no MQL' },
];

function Expected({ test, tiers, onChange }: Pick<CardProps, 'test' | 'number' | 'tiers' | 'onChange'>) {
  const { kind, isReadOnly } = useEditor();
  const answer = test.qualifies === null ? 'open' : test.qualifies ? 'yes' : 'no';
  return (
    <Group gap="sm" align="flex-end">
      <OptionalNumberField
        label="Expected score"
        path="-"
        width={140}
        value={test.total}
        onChange={(total) => onChange({ ...test, total: total === null ? null : Math.round(total) })}
      />
      <Select
        label="Expected tier"
        data={[...new Set([...tiers, ...(test.tier === null ? [] : [test.tier])])]}
        value={test.tier}
        placeholder="left open"
        clearable
        clearButtonProps={{ 'aria-label': 'Leave the tier open' }}
        readOnly={isReadOnly}
        w={150}
        onChange={(tier) => onChange({ ...test, tier })}
      />
      {kind === 'mql' && (
        <Select
          label="Expected MQL"
          data={answers}
          value={answer}
          allowDeselect={false}
          readOnly={isReadOnly}
          w={150}
          onChange={(next) => onChange({ ...test, qualifies: next === 'open' ? null : next === 'yes' })}
        />
      )}
    </Group>
  );
}

function Result({ result: { total, tier, qualifies, passes } }: { readonly result: TestResults['results'][number] }) {
  return (
    <Group gap="xs" role="status">
      <Badge color={passes ? 'green' : 'red'}>{passes ? 'as expected' : 'not as expected'}</Badge>
      <Text size="sm">
        It scores {total}, {tier}
        {qualifies && ', and is an MQL'}.
      </Text>
    </Group>
  );
}

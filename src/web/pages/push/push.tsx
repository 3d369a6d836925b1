import { Group, SegmentedControl, Select, Stack } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { useStanding } from '../../api/runs.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Plan } from './plan.tsx';
import { Summary } from './summary.tsx';

/** So many fit beside each other. */
const mostTabs = 4;

export function PushPage() {
  const [search, setSearch] = useSearchParams();
  const standing = useStanding();
  const names = standing.data?.map(({ name }) => name) ?? [];
  const wanted = search.get('connection');
  const connection = wanted !== null && names.includes(wanted) ? wanted : (names[0] ?? null);
  const choose = (name: string | null): void => setSearch(name === null ? {} : { connection: name });
  return (
    <Page
      title="Push"
      lead="What the next push would write into the CRM, by the same plan as the push itself. Nothing is written by looking."
    >
      {standing.isPending && <Loading what="the connections" />}
      {standing.error !== null && <ProblemNote error={standing.error} onRetry={() => void standing.refetch()} />}
      {standing.data?.length === 0 && (
        <Empty title="There is no connection yet">
          Once a CRM is connected and has been read, everything that leadloop would write there is shown here first.
        </Empty>
      )}
      {connection !== null && (
        <Stack gap="lg">
          {names.length > 1 && <Choice names={names} value={connection} onChoose={choose} />}
          <Summary key={`summary of ${connection}`} connection={connection} />
          <Plan key={`plan of ${connection}`} connection={connection} />
        </Stack>
      )}
    </Page>
  );
}

interface ChoiceProps {
  readonly names: readonly string[];
  readonly value: string;
  readonly onChoose: (name: string | null) => void;
}

function Choice({ names, value, onChoose }: ChoiceProps) {
  if (names.length > mostTabs)
    return (
      <Select label="Connection" data={[...names]} value={value} allowDeselect={false} maw={280} onChange={onChoose} />
    );
  return (
    <Group>
      <SegmentedControl aria-label="Connection" data={[...names]} value={value} onChange={onChoose} />
    </Group>
  );
}

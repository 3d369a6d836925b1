import { Anchor, Badge, Code, Paper, Stack, Text } from '@mantine/core';
import { Link, useSearchParams } from 'react-router';
import type { RejectedKind } from '../../../http/api/rejected/schemas.ts';
import { useRejectedKinds } from '../../api/rejected.ts';
import { Empty } from '../../parts/empty.tsx';
import { count } from '../../parts/words.ts';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { StandingNote } from '../../parts/standing-note.tsx';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { addressOf, isSame, kindIn } from './kind-key.ts';
import { RejectedRecords } from './records.tsx';

export function RejectedPage() {
  const [search] = useSearchParams();
  const kinds = useRejectedKinds();
  const chosen = kindIn(search);
  return (
    <Page
      title="Rejected"
      lead="Records and values that could not be read, mapped or written, by what is wrong with them. The others went on without them."
    >
      <StandingNote />
      {kinds.isPending && <Loading what="what was rejected" />}
      {kinds.error !== null && <ProblemNote error={kinds.error} onRetry={() => void kinds.refetch()} />}
      {kinds.data?.length === 0 && (
        <Empty title="Nothing is rejected">
          A value that does not fit its field, or a write that the CRM refuses, is kept here with its reason until it
          has come right. Nothing has to be done.
        </Empty>
      )}
      {kinds.data !== undefined && kinds.data.length > 0 && <Kinds kinds={kinds.data} chosen={chosen} />}
      {chosen !== null && <RejectedRecords key={addressOf(chosen)} kind={chosen} />}
    </Page>
  );
}

const stages: Readonly<Record<RejectedKind['stage'], string>> = {
  decode: 'while reading',
  map: 'while mapping',
  push: 'while writing',
};

function Kinds({
  kinds,
  chosen,
}: {
  readonly kinds: readonly RejectedKind[];
  readonly chosen: ReturnType<typeof kindIn>;
}) {
  return (
    <Paper withBorder p="xs">
      <DataTable
        caption="What was rejected, by kind"
        rows={kinds}
        keyOf={addressOf}
        columns={[
          {
            head: 'Records',
            isNumber: true,
            cell: (kind) => (
              <Anchor
                component={Link}
                to={addressOf(kind)}
                size="sm"
                fw={600}
                aria-current={isSame(kind, chosen) ? 'true' : undefined}
              >
                {count(kind.count, 'record')}
              </Anchor>
            ),
          },
          {
            head: 'Of',
            cell: ({ name, object, field }) => (
              <Stack gap={0}>
                <Text size="sm" fw={600} style={{ whiteSpace: 'nowrap' }}>
                  {object} {field !== '' && <Code>{field}</Code>}
                </Text>
                <Text size="xs" c="dimmed">
                  {name}
                </Text>
              </Stack>
            ),
          },
          {
            head: 'What is wrong, and what to do',
            cell: ({ message, remedy }) => (
              <Stack gap={0} maw={480}>
                <Text size="sm">{message}</Text>
                <Text size="xs" c="dimmed">
                  {remedy}
                </Text>
              </Stack>
            ),
          },
          {
            head: 'Effect',
            cell: ({ stage, effect }) => (
              <Stack gap={2} align="flex-start">
                <Badge color={effect === 'reject' ? 'red' : 'yellow'}>{effectText(stage, effect)}</Badge>
                <Text size="xs" c="dimmed">
                  {stages[stage]}
                </Text>
              </Stack>
            ),
          },
          { head: 'Last seen', cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
        ]}
      />
    </Paper>
  );
}

function effectText(stage: RejectedKind['stage'], effect: RejectedKind['effect']): string {
  if (stage === 'push') return 'not written';
  return effect === 'reject' ? 'record left out' : 'value left out';
}

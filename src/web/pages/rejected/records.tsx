import { Alert, Anchor, Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { RejectedRecord } from '../../../http/api/rejected/schemas.ts';
import { type KindKey, useCountsAfter, useExportAddress, useRejectedRecords, useRetry } from '../../api/rejected.ts';
import { useAskedRun } from '../../api/runs.ts';
import { Empty } from '../../parts/empty.tsx';
import { number } from '../../parts/words.ts';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { useMay, useOrg } from '../../shell/org.tsx';
import { type Retries, RetryRecord, useRetries } from './retries.tsx';

/** The records of one kind, each with what it held. */
export function RejectedRecords({ kind }: { readonly kind: KindKey }) {
  const retries = useRetries();
  const list = useRejectedRecords(kind, retries.isAwaited);
  const mayRetry = useMayRetry(kind);
  const records = list.data?.pages.flatMap((page) => page.records) ?? [];
  useCountsAfter(records.some(retries.isAwaited));
  return (
    <Stack gap="sm" component="section" aria-labelledby="rejected-records">
      <Head kind={kind} />
      {list.isPending && <Loading what="the records" />}
      {list.error !== null && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && records.length === 0 && (
        <Empty title="None is left">They have come right, or were looked at by somebody else.</Empty>
      )}
      {records.length > 0 && <Records records={records} retries={mayRetry ? retries : null} />}
      {list.hasNextPage && (
        <Group>
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            More
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** What rows of a source lack, its next import says. */
function useMayRetry({ of }: KindKey): boolean {
  return useMay('operator') && of === 'connection';
}

const replayed = { kind: 'replay', shownIn: ['rejected'] } as const;

/** What can be done about all of them. */
function Head({ kind }: { readonly kind: KindKey }) {
  const { path } = useOrg();
  const mayRetry = useMayRetry(kind);
  const file = useExportAddress(kind);
  const retry = useRetry();
  const run = useAskedRun(retry.data ?? null, replayed);
  const hasEnded = (run?.endedAt ?? null) !== null;
  return (
    <>
      <Group justify="space-between" align="flex-end" gap="sm">
        <Title order={2} id="rejected-records">
          {kind.object} of {kind.name}
          {kind.field !== '' && `: ${kind.field}`}
        </Title>
        <Group gap="sm">
          <Button component="a" href={file} download variant="default">
            Export as CSV
          </Button>
          {mayRetry && (
            <Button
              loading={retry.isPending}
              disabled={retry.isSuccess && !hasEnded}
              onClick={() => retry.mutate(kind.name)}
            >
              Retry all of {kind.name}
            </Button>
          )}
        </Group>
      </Group>
      {retry.error !== null && <ProblemNote error={retry.error} />}
      {retry.isSuccess && (
        <Alert color="blue" variant="light" role="status">
          {hasEnded ? 'They were read again' : 'A worker reads them again as soon as one is free'}:{' '}
          <Anchor component={Link} to={`${path}/runs`} size="sm" c="inherit" underline="always">
            see its run
          </Anchor>
          . What has come right is gone from here{hasEnded ? '' : ' then'}.
        </Alert>
      )}
    </>
  );
}

interface RecordsProps {
  readonly records: readonly RejectedRecord[];
  /** Null = none may be asked for. */
  readonly retries: Retries | null;
}

function Records({ records, retries }: RecordsProps) {
  return (
    <DataTable
      caption="Rejected records"
      rows={records}
      keyOf={({ id }) => String(id)}
      columns={[
        { head: 'Record', cell: (record) => <Who {...record} /> },
        { head: 'What it held', cell: (record) => <Held {...record} /> },
        {
          head: 'Reason',
          cell: ({ message, runId }) => (
            <Stack gap={0} maw={360}>
              <Text size="sm">{message}</Text>
              <RunLink runId={runId} />
            </Stack>
          ),
        },
        { head: 'Times', isNumber: true, cell: ({ times }) => number(times) },
        { head: 'Last seen', cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
        ...(retries === null
          ? []
          : [
              {
                head: 'Try again',
                cell: (record: RejectedRecord) => <RetryRecord record={record} retries={retries} />,
              },
            ]),
      ]}
    />
  );
}

function Who({ object, externalId, leadId, leadName }: RejectedRecord) {
  const { path } = useOrg();
  return (
    <Stack gap={0} maw={260}>
      {leadId !== null && (
        <Anchor component={Link} to={`${path}/leads/${leadId}`} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {leadName ?? 'without a name'}
        </Anchor>
      )}
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {object} {externalId}
      </Text>
    </Stack>
  );
}

function Held({ value, fields }: RejectedRecord) {
  const names = Object.keys(fields);
  return (
    <Stack gap={2} maw={360}>
      {value === null ? (
        <Text size="sm" c="dimmed">
          –
        </Text>
      ) : (
        <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
      )}
      {names.length > 1 && (
        <details>
          <summary>
            <Text span size="xs">
              all {number(names.length)} fields
            </Text>
          </summary>
          <Stack gap={2} mt={4}>
            {names.map((name) => (
              <Text key={name} size="xs" style={{ overflowWrap: 'anywhere' }}>
                {name}: <Code>{textOf(fields[name])}</Code>
              </Text>
            ))}
          </Stack>
        </details>
      )}
    </Stack>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function RunLink({ runId }: Pick<RejectedRecord, 'runId'>) {
  const { path } = useOrg();
  if (runId === null) return null;
  return (
    <Anchor component={Link} to={`${path}/runs/${runId}`} size="xs">
      the run that found it
    </Anchor>
  );
}

import { Button, Code, Group, Paper, Select, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import type { AuditEntry, AuditPage as AuditAnswer } from '../../../http/api/audit/schemas.ts';
import { call } from '../../api/call.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useOrg } from '../../shell/org.tsx';

const subjects = [
  'org',
  'connection',
  'credentials',
  'mapping',
  'profile',
  'examples',
  'source',
  'member',
  'token',
  'rejected',
];

export function AuditPage() {
  const { path } = useOrg();
  const [search, setSearch] = useSearchParams();
  const about = search.get('about');
  const log = useInfiniteQuery({
    queryKey: [path, 'audit', about],
    queryFn: ({ pageParam, signal }) =>
      call<AuditAnswer>(`${path}/audit`, { query: { about, after: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const entries = log.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <Page title="Audit log" lead="Who changed what, here, by the API and at the command line; the newest first.">
      <Select
        label="About"
        placeholder="Everything"
        data={subjects}
        value={about}
        clearable
        clearButtonProps={{ 'aria-label': 'Show everything' }}
        maw={240}
        onChange={(value) => setSearch(value === null ? {} : { about: value })}
      />
      {log.isPending && <Loading what="the log" />}
      {log.error !== null && <ProblemNote error={log.error} onRetry={() => void log.refetch()} />}
      {log.isSuccess && entries.length === 0 && (
        <Empty title="Nothing was changed yet">
          Whatever somebody changes here, with <Code>leadloop apply</Code> or with a token, is written down with what it
          was before.
        </Empty>
      )}
      <Stack component="ol" gap="xs" p={0} m={0} aria-label="Changes">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </Stack>
      {log.hasNextPage && (
        <Group>
          <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Older
          </Button>
        </Group>
      )}
    </Page>
  );
}

/** Values, and characters of them, that are shown at once: what a profile or a mapping is made of would fill pages. */
const shownAtOnce = { values: 4, characters: 400 };

function Entry({ entry: { at, actor, action, subject, before, after } }: { readonly entry: AuditEntry }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const isLong = names.length > shownAtOnce.values || JSON.stringify([before, after]).length > shownAtOnce.characters;
  const values = names.map((name) => (
    <Text key={name} size="sm" className="anywhere">
      {name}: <Side value={before?.[name]} /> → <Side value={after?.[name]} />
    </Text>
  ));
  return (
    <Paper component="li" withBorder p="sm" className="plain-list">
      <Group justify="space-between" gap="xs">
        <Text fw={600}>
          {action.replaceAll('.', ' ')} <Code>{subject}</Code>
        </Text>
        <Text c="dimmed" size="sm">
          {actor} · <Time at={at} />
        </Text>
      </Group>
      {isLong ? (
        <details>
          <summary>{names.length === 1 ? 'one value' : `${names.length} values`}</summary>
          {values}
        </details>
      ) : (
        values
      )}
    </Paper>
  );
}

function Side({ value }: { readonly value: unknown }) {
  if (value === undefined || value === null)
    return (
      <Text span c="dimmed">
        –
      </Text>
    );
  return <Code>{typeof value === 'string' ? value : JSON.stringify(value)}</Code>;
}

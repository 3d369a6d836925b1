import { Badge, Button, Code, Drawer, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { ExplainedVersion, ProfileDefinition, ProfileKind } from '../../../http/api/profiles/schemas.ts';
import { useVersion, useVersions } from '../../api/profiles.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { Differences } from './differences.tsx';

interface Props {
  readonly kind: ProfileKind;
  /** Which a version that is restored takes the place of. */
  readonly hasDraft: boolean;
  /** Null = whoever looks may not. */
  readonly onRestore: ((profile: ProfileDefinition) => void) | null;
}

/** What was in force, and when. */
export function Versions({ kind, hasDraft, onRestore }: Props) {
  const versions = useVersions(kind);
  const [looked, setLooked] = useState<number | null>(null);
  const rows = versions.data?.pages.flatMap((page) => page.versions) ?? [];
  return (
    <Stack>
      {versions.isPending && <Loading what="the versions" />}
      {versions.error !== null && <ProblemNote error={versions.error} onRetry={() => void versions.refetch()} />}
      {versions.isSuccess && rows.length === 0 && (
        <Empty title="The default profile scores">
          Nothing was published yet, here or with <Code>leadloop apply</Code>. Each time something is, it becomes a
          version that can be compared and restored.
        </Empty>
      )}
      {rows.length > 0 && (
        <DataTable
          caption="Versions"
          rows={rows}
          keyOf={(row) => String(row.version)}
          columns={[
            {
              head: 'Version',
              cell: (row) => (
                <Group gap="xs">
                  {row.version} {row.isActive && <Badge color="green">in force</Badge>}
                </Group>
              ),
            },
            { head: 'Name', cell: ({ name }) => name },
            { head: 'Published', cell: ({ createdAt }) => <Time at={createdAt} /> },
            { head: 'Everybody scored', cell: ({ rescoredAt }) => <Time at={rescoredAt} never="not yet" /> },
            {
              head: 'Look',
              cell: (row) => (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={`Look at version ${row.version}`}
                  onClick={() => setLooked(row.version)}
                >
                  Look
                </Button>
              ),
            },
          ]}
        />
      )}
      {versions.hasNextPage && (
        <Group>
          <Button variant="default" loading={versions.isFetchingNextPage} onClick={() => void versions.fetchNextPage()}>
            Older
          </Button>
        </Group>
      )}
      <Drawer
        opened={looked !== null}
        onClose={() => setLooked(null)}
        position="right"
        size="lg"
        title={`Version ${looked ?? ''}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {looked !== null && <Look kind={kind} hasDraft={hasDraft} onRestore={onRestore} version={looked} />}
      </Drawer>
    </Stack>
  );
}

function Look({ version, ...rest }: Props & { readonly version: number }) {
  const found = useVersion(rest.kind, version);
  if (found.error !== null) return <ProblemNote error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Loading what="the version" />;
  return <Details version={found.data} {...rest} />;
}

function Details({ version, kind, hasDraft, onRestore }: Props & { readonly version: ExplainedVersion }) {
  const [isAsking, setAsking] = useState(false);
  const restore = (): void => onRestore?.(version.profile);
  return (
    <Stack>
      <Group>
        {onRestore !== null && !version.isActive && (
          <Button onClick={hasDraft ? () => setAsking(true) : restore}>Restore as a draft</Button>
        )}
        <Button variant="default" onClick={() => download(`${kind}.yaml`, version.yaml)}>
          Download as YAML
        </Button>
      </Group>
      <Text fw={600}>From what is in force to this version</Text>
      <Differences differences={version.differences} from="In force" to={`Version ${version.version}`} />
      <Text fw={600}>As a file</Text>
      <Code block tabIndex={0} aria-label="The profile as a file" mah={400}>
        {version.yaml}
      </Code>
      <Confirm
        title="Replace the draft?"
        action="Replace it"
        isOpen={isAsking}
        isBusy={false}
        error={null}
        onClose={() => setAsking(false)}
        onConfirm={restore}
      >
        Somebody is editing this profile. What they have done so far is gone then.
      </Confirm>
    </Stack>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

import { Badge, Button, Code, CopyButton, Drawer, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { MappingAnswer } from '../../../http/api/mapping/schemas.ts';
import { useMappingDifferences, useMappingVersion, useMappingVersions, useRestore } from '../../api/mapping.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { DifferenceList } from './difference-list.tsx';

interface Props {
  readonly mapping: MappingAnswer;
  readonly mayEdit: boolean;
  /** Restoring would throw away what is not saved. */
  readonly hasUnsaved: boolean;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Begins anew with what the server has. */
  readonly onLoad: () => Promise<void>;
  readonly onRestored: (version: number) => void;
}

interface Look {
  readonly version: number;
  readonly at: 'differences' | 'yaml';
}

interface Asked {
  readonly restored: number;
  /** In force as it was asked for. */
  readonly version: number;
}

/** What was in force before; each can be compared, taken away as YAML, and put in force again. */
export function VersionsDrawer({ mapping, mayEdit, hasUnsaved, isOpen, onClose, onLoad, onRestored }: Props) {
  const versions = useMappingVersions(mapping.connection, isOpen);
  const [look, setLook] = useState<Look | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const ask = (restored: number) => () => setAsked({ restored, version: mapping.version });
  const list = versions.data?.pages.flatMap((page) => page.versions) ?? [];
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size="lg"
      title="Versions"
      closeButtonProps={{ 'aria-label': 'Close' }}
      // Escape is for the dialog over it.
      closeOnEscape={asked === null}
    >
      <Stack>
        {hasUnsaved && (
          <Text size="sm" id={unsavedId}>
            There are changes that are not saved, which restoring a version would throw away: save or discard them
            first.
          </Text>
        )}
        {versions.isPending && <Loading what="the versions" />}
        {versions.error !== null && <ProblemNote error={versions.error} onRetry={() => void versions.refetch()} />}
        {list.map(({ version, isActive, createdAt, changes }) => (
          <Entry
            key={version}
            version={version}
            note={
              <>
                <Time at={createdAt} /> · {changes} {changes === 1 ? 'change' : 'changes'}
              </>
            }
            isActive={isActive}
            look={look?.version === version ? look.at : null}
            mapping={mapping}
            hasUnsaved={hasUnsaved}
            onLook={(at) => setLook(at === null ? null : { version, at })}
            onRestore={mayEdit && !isActive ? ask(version) : null}
          />
        ))}
        <Older versions={versions} />
        {versions.isSuccess && !versions.hasNextPage && (
          <Entry
            version={0}
            note="what the connector brings along"
            isActive={mapping.version === 0}
            look={look?.version === 0 ? look.at : null}
            mapping={mapping}
            hasUnsaved={hasUnsaved}
            onLook={(at) => setLook(at === null ? null : { version: 0, at })}
            onRestore={mayEdit && mapping.version !== 0 ? ask(0) : null}
          />
        )}
      </Stack>
      <Restoring
        mapping={mapping}
        asked={asked}
        onClose={() => setAsked(null)}
        onLoad={onLoad}
        onRestored={onRestored}
      />
    </Drawer>
  );
}

interface RestoringProps extends Pick<Props, 'mapping' | 'onClose' | 'onLoad' | 'onRestored'> {
  readonly asked: Asked | null;
}

function Restoring({ mapping, asked, onClose, onLoad, onRestored }: RestoringProps) {
  const restore = useRestore(mapping.connection);
  return (
    <Confirm
      title={`Restore version ${asked?.restored ?? ''}?`}
      action="Restore it"
      isOpen={asked !== null}
      isBusy={restore.isPending}
      error={restore.error}
      onLoad={onLoad}
      onClose={() => {
        restore.reset();
        onClose();
      }}
      onConfirm={() =>
        asked !== null &&
        restore.mutate(asked, {
          onSuccess: ({ version }) => {
            onClose();
            onRestored(version);
          },
        })
      }
    >
      It becomes version {(asked?.version ?? mapping.version) + 1}; a draft that there may be stays. The next sync reads
      every record again.
    </Confirm>
  );
}

const unsavedId = 'mapping-unsaved';

function Older({ versions }: { readonly versions: ReturnType<typeof useMappingVersions> }) {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = versions;
  if (!hasNextPage) return null;
  return (
    <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
      Older
    </Button>
  );
}

interface EntryProps {
  readonly version: number;
  readonly note: React.ReactNode;
  readonly isActive: boolean;
  readonly look: Look['at'] | null;
  readonly mapping: MappingAnswer;
  readonly hasUnsaved: boolean;
  readonly onLook: (at: Look['at'] | null) => void;
  /** Null = it cannot be restored. */
  readonly onRestore: (() => void) | null;
}

function Entry({ version, note, isActive, look, mapping, hasUnsaved, onLook, onRestore }: EntryProps) {
  const toggle = (at: Look['at']) => onLook(look === at ? null : at);
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="xs">
            <Title order={3} fz="md">
              Version {version}
            </Title>
            {isActive && <Badge color="teal">in force</Badge>}
          </Group>
          <Text size="sm" c="dimmed" component="div">
            {note}
          </Text>
        </Group>
        <Group gap="xs">
          {!isActive && (
            <Button
              size="xs"
              variant="default"
              aria-expanded={look === 'differences'}
              aria-label={`Compare version ${version} with what is in force`}
              onClick={() => toggle('differences')}
            >
              Compare
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            aria-expanded={look === 'yaml'}
            aria-label={`Version ${version} as YAML`}
            onClick={() => toggle('yaml')}
          >
            YAML
          </Button>
          {onRestore !== null && (
            <Button
              size="xs"
              variant="default"
              aria-label={`Restore version ${version}`}
              disabled={hasUnsaved}
              {...(hasUnsaved && { 'aria-describedby': unsavedId })}
              onClick={onRestore}
            >
              Restore
            </Button>
          )}
        </Group>
        {look === 'differences' && <Compared mapping={mapping} from={version} />}
        {look === 'yaml' && <Yaml mapping={mapping} version={version} />}
      </Stack>
    </Paper>
  );
}

function Compared({ mapping, from }: { readonly mapping: MappingAnswer; readonly from: number }) {
  const found = useMappingDifferences(mapping.connection, { from, to: mapping.version });
  if (found.error !== null) return <ProblemNote error={found.error} onRetry={() => void found.refetch()} />;
  return found.data === undefined ? <Loading /> : <DifferenceList differences={found.data.differences} />;
}

function Yaml({ mapping, version }: { readonly mapping: MappingAnswer; readonly version: number }) {
  const found = useMappingVersion(mapping.connection, version);
  if (found.error !== null) return <ProblemNote error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Loading />;
  const { yaml } = found.data;
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        A file that <Code>mapping:</Code> of the connection may name; <Code>leadloop apply</Code> of it changes nothing.
      </Text>
      <Code block tabIndex={0} role="region" aria-label={`YAML of version ${version}`} className="mapping-yaml">
        {yaml}
      </Code>
      <CopyButton value={yaml}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Stack>
  );
}

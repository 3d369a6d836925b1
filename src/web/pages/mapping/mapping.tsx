import { Alert, Anchor, Badge, Button, Group, Tabs, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import type { MappingAnswer } from '../../../http/api/mapping/schemas.ts';
import { useDiscardDraft, useMapping, useSaveDraft } from '../../api/mapping.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { RefusalNote } from '../../parts/refusal-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useMay, useOrg } from '../../shell/org.tsx';
import { DriftNote } from './drift.tsx';
import { ObjectEditor } from './object-editor.tsx';
import { PublishDialog } from './publish.tsx';
import { type Editor, useEditor } from './use-editor.ts';
import { VersionsDrawer } from './versions.tsx';

export function MappingPage() {
  const { connection = '' } = useParams();
  const { path } = useOrg();
  const mapping = useMapping(connection);
  // Counts how often the desk was cleared: what is on it then comes from the server.
  const [turn, setTurn] = useState(0);
  const load = async (): Promise<void> => {
    await mapping.refetch({ throwOnError: true });
    setTurn((now) => now + 1);
  };
  if (mapping.data !== undefined) {
    return <MappingEditor key={`${connection} ${turn}`} mapping={mapping.data} onLoad={load} />;
  }
  return (
    <Page
      title="Field mapping"
      lead={
        <Anchor underline="always" component={Link} to={`${path}/connections/${connection}`}>
          {connection}
        </Anchor>
      }
    >
      {mapping.isPending && <Loading what="the mapping" />}
      {mapping.error !== null && <ProblemNote error={mapping.error} onRetry={() => void mapping.refetch()} />}
    </Page>
  );
}

interface EditorProps {
  readonly mapping: MappingAnswer;
  /** Begins anew with what the server has. */
  readonly onLoad: () => Promise<void>;
}

function MappingEditor({ mapping, onLoad }: EditorProps) {
  const { path } = useOrg();
  const editor = useEditor(mapping);
  const mayEdit = useMay('admin');
  const [search, setSearch] = useSearchParams();
  const [published, setPublished] = useState<number | null>(null);
  const first = mapping.objects[0]?.object ?? '';
  const object = mapping.objects.find((one) => one.object === search.get('object'))?.object ?? first;
  const view = (['in', 'out', 'counting'] as const).find((one) => one === search.get('view')) ?? 'in';
  const show = (change: Readonly<Record<string, string>>): void =>
    setSearch({ ...Object.fromEntries(search), ...change }, { replace: true });
  return (
    <Page
      title="Field mapping"
      lead={
        <>
          Which field of {mapping.label} becomes which field of a lead, and what is written back, for{' '}
          <Anchor
            underline="always"
            component={Link}
            to={`${path}/connections/${encodeURIComponent(mapping.connection)}`}
          >
            {mapping.connection}
          </Anchor>
          .
        </>
      }
      actions={
        <Actions mapping={mapping} editor={editor} mayEdit={mayEdit} onLoad={onLoad} onPublished={setPublished} />
      }
    >
      <State mapping={mapping} editor={editor} />
      {published !== null && (
        <Alert
          color="teal"
          variant="light"
          role="status"
          withCloseButton
          closeButtonLabel="Close"
          onClose={() => setPublished(null)}
        >
          Version {published} is in force. The next sync reads every record with it.
        </Alert>
      )}
      <DriftNote mapping={mapping} />
      <Tabs value={object} onChange={(value) => value !== null && show({ object: value })} keepMounted={false}>
        <Tabs.List aria-label={`Objects of ${mapping.label}`}>
          {mapping.objects.map((one) => (
            <Tabs.Tab key={one.object} value={one.object}>
              {one.object}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {mapping.objects.map((one) => (
          <Tabs.Panel key={one.object} value={one.object} pt="md">
            <ObjectEditor
              mapping={mapping}
              editor={editor}
              object={one.object}
              view={view}
              onView={(to) => show({ view: to })}
            />
          </Tabs.Panel>
        ))}
      </Tabs>
      <LeaveGuard isDirty={editor.isDirty} />
    </Page>
  );
}

interface ActionsProps extends EditorProps {
  readonly editor: Editor;
  readonly mayEdit: boolean;
  readonly onPublished: (version: number) => void;
}

function Actions({ mapping, editor, mayEdit, onLoad, onPublished }: ActionsProps) {
  const [open, setOpen] = useState<'publish' | 'versions' | 'discard' | null>(null);
  const save = useSaveDraft(mapping.connection);
  const { draft } = mapping;
  const { base, definition, isDirty } = editor;
  const close = (): void => setOpen(null);
  const clear = (): void => {
    editor.reset();
    save.reset();
    close();
  };
  const done = (version: number): void => {
    clear();
    onPublished(version);
  };
  return (
    <>
      <Button variant="default" leftSection={<IconHistory size={16} aria-hidden />} onClick={() => setOpen('versions')}>
        Versions
      </Button>
      {mayEdit && (isDirty || draft !== null) && (
        <Button variant="default" disabled={save.isPending} onClick={() => setOpen('discard')}>
          Discard
        </Button>
      )}
      {mayEdit && (
        <Button
          variant="default"
          data-disabled={!isDirty}
          loading={save.isPending}
          onClick={() =>
            save.mutate(
              { definition, basedOn: base.basedOn, revision: base.revision },
              { onSuccess: ({ revision }) => editor.keep(definition, revision) },
            )
          }
        >
          Save draft
        </Button>
      )}
      {mayEdit && (
        // Not before it is known which revision the draft has.
        <Button disabled={!editor.isChanged || save.isPending} onClick={() => setOpen('publish')}>
          Review and publish
        </Button>
      )}
      {save.error !== null && <RefusalNote error={save.error} hasUnsaved={isDirty} onLoad={onLoad} />}
      <PublishDialog
        mapping={mapping}
        editor={editor}
        isOpen={open === 'publish'}
        onClose={close}
        onLoad={onLoad}
        onPublished={done}
      />
      <VersionsDrawer
        mapping={mapping}
        mayEdit={mayEdit}
        hasUnsaved={isDirty}
        isOpen={open === 'versions'}
        onClose={close}
        onLoad={onLoad}
        onRestored={done}
      />
      <Discard
        mapping={mapping}
        editor={editor}
        isOpen={open === 'discard'}
        onClose={close}
        onLoad={onLoad}
        onDiscarded={clear}
      />
    </>
  );
}

interface DiscardProps extends EditorProps {
  readonly editor: Editor;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDiscarded: () => void;
}

function Discard({ mapping, editor, isOpen, onClose, onLoad, onDiscarded }: DiscardProps) {
  const { draft, version } = mapping;
  const discard = useDiscardDraft(mapping.connection);
  // What somebody else has saved since the edit began is theirs.
  const isOurs = editor.base.revision === (draft?.revision ?? 0);
  return (
    <Confirm
      title="Discard the changes?"
      action="Discard"
      isOpen={isOpen}
      isBusy={discard.isPending}
      error={discard.error}
      hasUnsaved={editor.isDirty}
      onLoad={onLoad}
      onClose={() => {
        discard.reset();
        onClose();
      }}
      onConfirm={() => {
        if (draft === null || !isOurs) onDiscarded();
        else discard.mutate(draft.revision, { onSuccess: onDiscarded });
      }}
    >
      {isOurs
        ? `The editor goes back to version ${version}, which is in force.`
        : 'What you have changed goes; what somebody else has saved meanwhile stays, and is shown then.'}
    </Confirm>
  );
}

function State({ mapping, editor }: { readonly mapping: MappingAnswer; readonly editor: Editor }) {
  const { draft, version } = mapping;
  return (
    <Group gap="xs" aria-live="polite">
      <Badge color="teal">
        {version === 0 ? 'the connector’s own mapping is in force' : `version ${version} is in force`}
      </Badge>
      {editor.isDirty && <Badge color="orange">unsaved changes</Badge>}
      {draft !== null && (
        <>
          <Badge color="indigo">draft</Badge>
          <Text size="sm" c="dimmed" component="div">
            saved by {draft.updatedBy} <Time at={draft.updatedAt} />
          </Text>
        </>
      )}
      {draft !== null && draft.basedOn !== version && (
        <Badge color="red">
          begun from version {draft.basedOn}; version {version} was published since
        </Badge>
      )}
    </Group>
  );
}

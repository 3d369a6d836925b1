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
  if (mapping.data !== undefined) return <MappingEditor key={connection} mapping={mapping.data} />;
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

function MappingEditor({ mapping }: { readonly mapping: MappingAnswer }) {
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
      actions={<Actions mapping={mapping} editor={editor} mayEdit={mayEdit} onPublished={setPublished} />}
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

interface ActionsProps {
  readonly mapping: MappingAnswer;
  readonly editor: Editor;
  readonly mayEdit: boolean;
  readonly onPublished: (version: number) => void;
}

function Actions({ mapping, editor, mayEdit, onPublished }: ActionsProps) {
  const [open, setOpen] = useState<'publish' | 'versions' | 'discard' | null>(null);
  const save = useSaveDraft(mapping.connection);
  const discard = useDiscardDraft(mapping.connection);
  const { draft } = mapping;
  const close = (): void => setOpen(null);
  const done = (version: number): void => {
    editor.reset();
    onPublished(version);
    close();
  };
  return (
    <>
      <Button variant="default" leftSection={<IconHistory size={16} aria-hidden />} onClick={() => setOpen('versions')}>
        Versions
      </Button>
      {mayEdit && (editor.isDirty || draft !== null) && (
        <Button variant="default" onClick={() => setOpen('discard')}>
          Discard
        </Button>
      )}
      {mayEdit && (
        <Button
          variant="default"
          disabled={!editor.isDirty}
          loading={save.isPending}
          onClick={() =>
            save.mutate({
              definition: editor.definition,
              basedOn: draft?.basedOn ?? mapping.version,
              revision: draft?.revision ?? 0,
            })
          }
        >
          Save draft
        </Button>
      )}
      {mayEdit && (
        <Button disabled={!editor.isChanged} onClick={() => setOpen('publish')}>
          Review and publish
        </Button>
      )}
      {save.error !== null && <ProblemNote error={save.error} />}
      <PublishDialog
        mapping={mapping}
        definition={editor.definition}
        isOpen={open === 'publish'}
        onClose={close}
        onPublished={done}
      />
      <VersionsDrawer
        mapping={mapping}
        mayEdit={mayEdit}
        isOpen={open === 'versions'}
        onClose={close}
        onRestored={done}
      />
      <Confirm
        title="Discard the changes?"
        action="Discard"
        isOpen={open === 'discard'}
        isBusy={discard.isPending}
        error={discard.error}
        onClose={() => {
          discard.reset();
          close();
        }}
        onConfirm={() => {
          const forget = (): void => {
            editor.reset();
            close();
          };
          if (draft === null) forget();
          else discard.mutate(draft.revision, { onSuccess: forget });
        }}
      >
        The editor goes back to version {mapping.version}, which is in force.
      </Confirm>
    </>
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

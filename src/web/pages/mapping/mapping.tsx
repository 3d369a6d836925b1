import { Alert, Anchor, Badge, Button, Group, SegmentedControl, Tabs, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import type { MappingAnswer } from '../../../http/api/mapping/schemas.ts';
import {
  useDiscardDraft,
  useLiveFields,
  useMapping,
  useMappingCheck,
  usePreview,
  useSaveDraft,
} from '../../api/mapping.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useMay, useOrg } from '../../shell/org.tsx';
import { FieldColumns } from './columns.tsx';
import { EditorContext, type EditorView } from './context.ts';
import { Counting } from './counting.tsx';
import { DriftNote } from './drift.tsx';
import { InRules } from './in-rules.tsx';
import { LeaveGuard } from './leave-guard.tsx';
import { OutRules } from './out-rules.tsx';
import { PreviewBar } from './preview-bar.tsx';
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

type View = 'in' | 'out' | 'counting';

/** So long nothing is typed before the CRM and the engine are asked again. */
const pauseMs = 400;

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

interface ObjectProps {
  readonly mapping: MappingAnswer;
  readonly editor: Editor;
  readonly object: string;
  readonly view: View;
  readonly onView: (view: View) => void;
}

function ObjectEditor({ mapping, editor, object, view, onView }: ObjectProps) {
  const mayEdit = useMay('admin');
  const { connection } = mapping;
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const live = useLiveFields(connection, object);
  const [settled] = useDebouncedValue(editor.definition, pauseMs);
  const preview = usePreview(connection, { definition: settled, object, search, isWanted: mayEdit });
  const check = useMappingCheck(connection, settled, mayEdit);
  const records = preview.data ?? [];
  const shown = records.find(({ id }) => id === chosen) ?? records[0] ?? null;
  const rules = editor.definition.objects[object] ?? { in: [], out: [] };
  const isWritten = mapping.objects.some((one) => one.object === object && one.isWritten);
  const context: EditorView = {
    mapping,
    definition: editor.definition,
    object,
    fields: new Map(live.data?.fields.map((field) => [field.name, field])),
    records: live.data?.records ?? 0,
    shown,
    problems: check.data?.problems ?? [],
    mayEdit,
  };
  return (
    <EditorContext value={context}>
      <div className="mapping-stack">
        <SegmentedControl
          aria-label="What to map"
          data={[
            { value: 'in', label: `Read (${rules.in.length})` },
            ...(isWritten ? [{ value: 'out', label: `Written back (${rules.out.length})` }] : []),
            { value: 'counting', label: 'Counters and events' },
          ]}
          value={view}
          onChange={(value) => onView(value as View)}
        />
        {live.error !== null && <ProblemNote error={live.error} onRetry={() => void live.refetch()} />}
        {view === 'in' && mayEdit && (
          <>
            {preview.error !== null && <ProblemNote error={preview.error} onRetry={() => void preview.refetch()} />}
            <PreviewBar
              records={records}
              shown={shown}
              isBusy={preview.isFetching}
              search={search}
              onSearch={setSearch}
              onShow={setChosen}
            />
          </>
        )}
        {view === 'in' && (
          <>
            <InRules rules={rules.in} onChange={(changed) => editor.setIn(object, changed)} />
            {live.isPending ? (
              <Loading what={`the fields of ${mapping.label}`} />
            ) : (
              <FieldColumns
                rules={rules.in}
                suggestions={live.data?.suggestions ?? []}
                onAdd={(added) => editor.setIn(object, [...rules.in, ...added])}
              />
            )}
          </>
        )}
        {view === 'out' && <OutRules rules={rules.out} onChange={(changed) => editor.setOut(object, changed)} />}
        {view === 'counting' && <Counting onCounter={editor.setCounter} />}
      </div>
    </EditorContext>
  );
}

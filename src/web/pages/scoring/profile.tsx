import { Badge, Button, Grid, Stack, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import type { LiveProfile, ProfileDefinition, ProfileDraft, ProfileKind } from '../../../http/api/profiles/schemas.ts';
import { useDiscardDraft, useLiveProfile, usePreview, useProfileDraft } from '../../api/profiles.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { Loading } from '../../parts/loading.tsx';
import { NotFound } from '../../parts/not-found.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useMay } from '../../shell/org.tsx';
import { Action } from './action.tsx';
import { Components } from './components.tsx';
import { Editor } from './editor-context.tsx';
import { Examples, type UnsavedExamples, useUnsavedExamples } from './examples.tsx';
import { Segments, Tiers, Triggers } from './outcomes.tsx';
import { PreviewPanel } from './preview-panel.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { ReceiptPanel } from './receipt-panel.tsx';
import { Standing } from './standing.tsx';
import { type DraftEditor, useDraftEditor } from './use-draft.ts';
import { useFullPreview } from './use-full-preview.ts';
import { Versions } from './versions.tsx';
import { kindTitles } from './words.ts';

/** /orgs/ORG/scoring/:kind */
export function ProfilePage() {
  const { kind } = useParams();
  return kind === 'mql' || kind === 'plg' ? <Profile key={kind} kind={kind} /> : <NotFound />;
}

function Profile({ kind }: { readonly kind: ProfileKind }) {
  const isAdmin = useMay('admin');
  const live = useLiveProfile(kind);
  const draft = useProfileDraft(kind, isAdmin);
  // Counts how often the desk was cleared: what is on it then comes from the server.
  const [turn, setTurn] = useState(0);
  const unsaved = useUnsavedExamples(kind);
  const clear = async (): Promise<void> => {
    // The live one last: what it shows as in force is then already on the desk of the new turn, not of the old one.
    if (isAdmin) await draft.refetch();
    await live.refetch();
    setTurn((now) => now + 1);
  };
  // What is there stays, also when asking for it anew has failed: somebody may be typing.
  if (live.data === undefined || (isAdmin && draft.data === undefined)) {
    const error = live.error ?? draft.error;
    return (
      <Page title={kindTitles[kind]}>
        {error === null ? <Loading what="the profile" /> : <ProblemNote error={error} onRetry={() => void clear()} />}
      </Page>
    );
  }
  return <Desk key={turn} live={live.data} draft={draft.data ?? null} unsaved={unsaved} onClear={clear} />;
}

interface DeskProps {
  readonly live: LiveProfile;
  readonly draft: ProfileDraft | null;
  readonly unsaved: UnsavedExamples;
  /** Begins anew with what the server has. */
  readonly onClear: () => Promise<void>;
}

function Desk({ live, draft, unsaved, onClear }: DeskProps) {
  const { kind, facts, triggerFacts, lineFacts } = live;
  const isAdmin = useMay('admin');
  const editor = useDraftEditor(live, draft);
  const [search, setSearch] = useSearchParams();
  const tab = search.get('tab') ?? 'rules';
  const problems = editor.saved?.problems ?? [];
  const context = { kind, facts, triggerFacts, lineFacts, isReadOnly: !isAdmin, problems };
  const show = (next: string | null): void =>
    setSearch(
      (now) => {
        now.set('tab', next ?? 'rules');
        return now;
      },
      { replace: true },
    );
  const restore = (profile: ProfileDefinition): void => {
    editor.edit(profile);
    editor.flush();
    show('rules');
  };
  const body =
    tab === 'versions' ? (
      <Versions kind={kind} hasDraft={editor.saved !== null} onRestore={isAdmin ? restore : null} />
    ) : (
      <Sections tab={tab} live={live} editor={editor} unsaved={unsaved} />
    );
  return (
    <Editor value={context}>
      <Page
        title={kindTitles[kind]}
        lead={leads[kind]}
        actions={isAdmin && <Actions live={live} editor={editor} onClear={onClear} />}
      >
        <Standing live={live} editor={editor} onClear={onClear} />
        <Tabs value={tab} onChange={show} keepMounted={false}>
          <Parts kind={kind} hasTriggers={editor.profile.triggers.length > 0} hasUnsaved={unsaved.edited !== null} />
          <Tabs.Panel value={tab} pt="md">
            {tab === 'versions' || !isAdmin ? (
              body
            ) : (
              <WithPreview live={live} editor={editor}>
                {body}
              </WithPreview>
            )}
          </Tabs.Panel>
        </Tabs>
        <LeaveGuard isDirty={unsaved.edited !== null} />
      </Page>
    </Editor>
  );
}

interface PartsProps {
  readonly kind: ProfileKind;
  readonly hasTriggers: boolean;
  /** Examples that are not saved. */
  readonly hasUnsaved: boolean;
}

function Parts({ kind, hasTriggers, hasUnsaved }: PartsProps) {
  return (
    <Tabs.List aria-label="Parts of the profile">
      <Tabs.Tab value="rules">Components and rules</Tabs.Tab>
      <Tabs.Tab value="tiers">Tiers</Tabs.Tab>
      {(kind === 'mql' || hasTriggers) && <Tabs.Tab value="triggers">MQL triggers</Tabs.Tab>}
      <Tabs.Tab value="segments">Segments</Tabs.Tab>
      {kind === 'plg' && <Tabs.Tab value="action">Suggested action</Tabs.Tab>}
      <Tabs.Tab value="examples" rightSection={hasUnsaved && <Badge color="orange">not saved</Badge>}>
        Examples
      </Tabs.Tab>
      <Tabs.Tab value="versions">Versions</Tabs.Tab>
    </Tabs.List>
  );
}

const leads = {
  mql: 'What makes a lead worth a call: points for what it does and who it is, and when it becomes an MQL.',
  plg: 'What makes a signup worth a call: its company, how it uses the product, and what points to more.',
} as const;

function Sections({
  tab,
  live,
  editor,
  unsaved,
}: Pick<DeskProps, 'live' | 'unsaved'> & { readonly tab: string; readonly editor: DraftEditor }) {
  const { profile, edit } = editor;
  switch (tab) {
    case 'tiers':
      return <Tiers profile={profile} onChange={edit} />;
    case 'triggers':
      return <Triggers profile={profile} onChange={edit} />;
    case 'segments':
      return <Segments profile={profile} onChange={edit} />;
    case 'action':
      return <Action profile={profile} onChange={edit} />;
    case 'examples':
      return <Examples profile={profile} stamp={stampOf(live, editor)} unsaved={unsaved} />;
    default:
      return <Components profile={profile} onChange={edit} />;
  }
}

function Actions({ live, editor, onClear }: Pick<DeskProps, 'live' | 'onClear'> & { readonly editor: DraftEditor }) {
  const { saved, isSaved, profile } = editor;
  const [isPublishing, setPublishing] = useState(false);
  const [isDiscarding, setDiscarding] = useState(false);
  const discard = useDiscardDraft(live.kind);
  const preview = usePreview(live.kind, profile, stampOf(live, editor));
  if (saved === null) return null;
  const isReady = isSaved && saved.problems.length === 0 && saved.differences.length > 0;
  return (
    <>
      <Button variant="default" onClick={() => setDiscarding(true)}>
        Discard draft
      </Button>
      <Button disabled={!isReady} onClick={() => setPublishing(true)}>
        Review and publish
      </Button>
      <PublishDialog
        draft={saved}
        version={live.version}
        preview={preview}
        isOpen={isPublishing}
        onClose={() => setPublishing(false)}
        onClear={onClear}
      />
      <Confirm
        title="Discard the draft?"
        action="Discard"
        isOpen={isDiscarding}
        isBusy={discard.isPending}
        error={discard.error}
        onLoad={onClear}
        onClose={() => setDiscarding(false)}
        onConfirm={() => discard.mutate(saved.revision, { onSuccess: () => void onClear() })}
      >
        What was changed since the draft was begun is gone; what is in force stays as it is.
      </Confirm>
    </>
  );
}

/** Of what is previewed; null = it is not fit for it yet, or not saved yet. */
function stampOf({ version }: LiveProfile, { saved, isSaved }: DraftEditor): string | null {
  if (!isSaved || (saved?.problems.length ?? 0) > 0) return null;
  return `${version}:${saved?.revision ?? 0}:${saved?.updatedAt ?? ''}`;
}

interface WithPreviewProps {
  readonly live: LiveProfile;
  readonly editor: DraftEditor;
  readonly children: React.ReactNode;
}

function WithPreview({ live, editor, children }: WithPreviewProps) {
  const stamp = stampOf(live, editor);
  const { profile } = editor;
  const sample = usePreview(live.kind, profile, stamp);
  const full = useFullPreview(live.kind, profile, stamp);
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 7 }}>{children}</Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Stack className="beside" role="region" aria-label="What the draft does" tabIndex={0}>
          <PreviewPanel
            sample={sample.data}
            full={full}
            error={sample.error}
            isOld={!editor.isSaved || sample.isFetching}
            onRetry={() => void sample.refetch()}
          />
          <ReceiptPanel profile={profile} stamp={stamp} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

import { Button, Group, List, Stack, Text } from '@mantine/core';
import type { Preview, ProfileDraft } from '../../../http/api/profiles/schemas.ts';
import { Problem } from '../../api/call.ts';
import { usePublish, type usePreview } from '../../api/profiles.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { RefusalNote } from '../../parts/refusal-note.tsx';
import { Differences } from './differences.tsx';
import { useEditor } from './editor-context.tsx';
import { estimatedText } from './merge-previews.ts';

interface Props {
  readonly draft: ProfileDraft;
  /** In force. */
  readonly version: number;
  /** Of this very draft. */
  readonly preview: ReturnType<typeof usePreview>;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Begins anew with what the server has. */
  readonly onClear: () => Promise<void>;
}

/** The last look: what changes in the profile, for people, and in the CRM. */
export function PublishDialog({ draft, version, preview, isOpen, onClose, onClear }: Props) {
  const { kind } = useEditor();
  const publish = usePublish(kind);
  const told = preview.isPlaceholderData ? undefined : preview.data;
  const despiteTests = publish.error instanceof Problem && publish.error.code === 'profile-tests-failed';
  const close = (): void => {
    publish.reset();
    onClose();
  };
  return (
    <Dialog
      isOpen={isOpen}
      isBusy={publish.isPending}
      onClose={close}
      title={`Publish version ${version + 1}?`}
      size="lg"
    >
      <Stack>
        {draft.basedOn !== (version === 0 ? null : version) && (
          <Text fw={600}>Another version was published since this draft was begun: look at what differs from it.</Text>
        )}
        <Consequences preview={told} error={preview.error} onRetry={() => void preview.refetch()} />
        <Differences
          differences={draft.differences}
          from={version === 0 ? 'Default' : `Version ${version}`}
          to="Draft"
        />
        {publish.error !== null && <RefusalNote error={publish.error} hasUnsaved={false} onLoad={onClear} />}
        <Group justify="flex-end">
          <Button variant="default" data-disabled={publish.isPending} onClick={close}>
            Cancel
          </Button>
          <Button
            data-autofocus
            // Until the desk is cleared: what would be typed on the old one until then would be lost.
            loading={publish.isPending || publish.isSuccess}
            // Not `disabled`: it could not take the focus then, which would stay outside of the dialog.
            data-disabled={told === undefined}
            color={despiteTests ? 'red' : 'indigo'}
            onClick={() =>
              publish.mutate({ revision: draft.revision, version, despiteTests }, { onSuccess: () => void onClear() })
            }
          >
            {despiteTests ? 'Publish in spite of them' : 'Publish'}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

interface ConsequencesProps {
  /** Undefined = not there yet. */
  readonly preview: Preview | undefined;
  readonly error: Error | null;
  readonly onRetry: () => void;
}

function Consequences({ preview, error, onRetry }: ConsequencesProps) {
  const { kind } = useEditor();
  if (preview === undefined)
    return error === null ? (
      <Text size="sm">Working out what it would change…</Text>
    ) : (
      <ProblemNote error={error} onRetry={onRetry} />
    );
  const count = (value: number): string => estimatedText(value, preview);
  return (
    <List size="sm" aria-label="What it would change">
      <List.Item>
        <b>{count(preview.changed)}</b> scores change.
      </List.Item>
      {kind === 'mql' && (
        <List.Item>
          <b>{count(preview.becomeMql.count)}</b> leads become MQL; {count(preview.wouldNotBeMql.count)} who are would
          not have qualified, and stay.
        </List.Item>
      )}
      <List.Item>
        At most <b>{count(preview.records)}</b> CRM records of people have other values for the next push to write.
      </List.Item>
      <List.Item>
        Everybody is scored anew within moments; the push follows its connection’s schedule and limits.
      </List.Item>
    </List>
  );
}

import { Alert, Badge, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { LiveProfile } from '../../../http/api/profiles/schemas.ts';
import { RefusalNote } from '../../parts/refusal-note.tsx';
import { sentence, useEditor } from './editor-context.tsx';
import type { DraftEditor } from './use-draft.ts';
import { placeText } from './words.ts';

interface Props {
  readonly live: LiveProfile;
  readonly editor: DraftEditor;
  /** Begins anew with what the server has. */
  readonly onClear: () => Promise<void>;
}

/** What scores now, and how the draft stands beside it. */
export function Standing({ live: { version, rescoredAt }, editor, onClear }: Props) {
  const { saved, error } = editor;
  return (
    <Stack gap="xs">
      <Group gap="xs" role="status" aria-label="State of the profile">
        <Badge color="green" size="lg">
          {version === 0 ? 'Default in force' : `Version ${version} in force`}
        </Badge>
        {version > 0 && rescoredAt === null && (
          <Badge color="orange" size="lg">
            scores are being brought up to it
          </Badge>
        )}
        {saved !== null && (
          <Badge size="lg" color="indigo">
            draft by {saved.updatedBy}
          </Badge>
        )}
        <Saving editor={editor} />
      </Group>
      {error !== null && <RefusalNote error={error} hasUnsaved onLoad={onClear} onRetry={editor.flush} />}
      <Problems />
    </Stack>
  );
}

function Saving({ editor: { isSaved, error, saved } }: Pick<Props, 'editor'>) {
  if (error !== null || (isSaved && saved === null)) return null;
  return (
    <Text size="sm" c="dimmed">
      {isSaved ? 'Draft saved' : 'Saving…'}
    </Text>
  );
}

function Problems() {
  const { problems } = useEditor();
  if (problems.length === 0) return null;
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title="To be mended before it can be published">
      <List size="sm">
        {problems.map(({ path, message, remedy }) => (
          <List.Item key={`${path} ${message}`}>
            {placeText(path)}: {sentence(message)} {remedy}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

import { Button, Group, Stack, Text } from '@mantine/core';
import type { LinkAnswer } from '../../../http/api/members/schemas.ts';
import { CopyField } from '../../parts/copy-field.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Time } from '../../parts/time.tsx';

/** Of a server that does not know under which address people reach it: the one of this page. */
function absolute(url: string): string {
  return new URL(url, globalThis.location.origin).href;
}

/** A link that is told once. */
export function LinkDialog({ link, onClose }: { readonly link: LinkAnswer | null; readonly onClose: () => void }) {
  return (
    <Dialog
      isOpen={link !== null}
      onClose={onClose}
      title={link?.url === null ? 'No link is needed' : 'Hand this link on'}
    >
      {link !== null && (
        <Stack>
          {link.url === null ? (
            <Text>They can sign in already, as they do for another organisation.</Text>
          ) : (
            <>
              <Text>Whoever opens it first chooses the password. It is shown only now.</Text>
              <CopyField label="One-time link" value={absolute(link.url)} />
              <Text c="dimmed" size="sm">
                It holds until <Time at={link.expiresAt} />.
              </Text>
            </>
          )}
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}

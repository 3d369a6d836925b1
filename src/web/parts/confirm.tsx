import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import { ProblemNote } from './problem-note.tsx';
import { RefusalNote } from './refusal-note.tsx';

interface Props {
  readonly title: string;
  /** What it entails. */
  readonly children: ReactNode;
  /** What the button that does it says. */
  readonly action: string;
  readonly isOpen: boolean;
  readonly isBusy: boolean;
  readonly error: Error | null;
  /** Loads what is there now, where somebody else was faster; left out = nobody can be. */
  readonly onLoad?: () => Promise<unknown>;
  /** As of a RefusalNote. */
  readonly hasUnsaved?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that is not easily undone. */
export function Confirm({
  title,
  children,
  action,
  isOpen,
  isBusy,
  error,
  onLoad,
  hasUnsaved = false,
  onConfirm,
  onClose,
}: Props) {
  return (
    <Dialog isOpen={isOpen} isBusy={isBusy} onClose={onClose} title={title}>
      <Stack>
        <div>{children}</div>
        {error !== null &&
          (onLoad === undefined ? (
            <ProblemNote error={error} />
          ) : (
            <RefusalNote error={error} hasUnsaved={hasUnsaved} onLoad={onLoad} />
          ))}
        <Group justify="flex-end">
          <Button variant="default" data-disabled={isBusy} onClick={onClose}>
            Cancel
          </Button>
          <Button color="red.9" loading={isBusy} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

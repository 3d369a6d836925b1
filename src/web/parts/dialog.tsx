import { Modal, type ModalProps } from '@mantine/core';

interface Props extends Pick<ModalProps, 'title' | 'size' | 'children'> {
  readonly isOpen: boolean;
  /** What it asked for is under way: closed now, nobody would see what comes of it. */
  readonly isBusy?: boolean;
  readonly onClose: () => void;
}

/** What every dialog is made of. While it is busy it stays, and its own Cancel has to be held as well. */
export function Dialog({ isOpen, isBusy = false, onClose, ...props }: Props) {
  return (
    <Modal
      {...props}
      opened={isOpen}
      onClose={() => {
        if (!isBusy) onClose();
      }}
      closeButtonProps={{ 'aria-label': 'Close', 'aria-disabled': isBusy }}
    />
  );
}

/**
 * As the `ref` of what has `data-autofocus` and may come later than its dialog, which looks for that only as it opens.
 * Not `autoFocus`: the dialog would not know then where the focus was before.
 */
export function focusLate(field: HTMLElement | null): void {
  if (field !== null) setTimeout(() => field.focus());
}

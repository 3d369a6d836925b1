import type { ComponentProps } from 'react';

interface Props extends ComponentProps<'button'> {
  /** Set by Mantine: something is under way that it began. */
  readonly 'data-loading'?: boolean;
  /** Looks disabled, and does nothing. */
  readonly 'data-disabled'?: boolean;
}

/**
 * What every Button is made of. While it is loading it is not `disabled`: browsers take the focus from what becomes so,
 * and Tab would go on behind the dialog.
 */
export function ButtonRoot({ disabled = false, type = 'button', onClick, ...props }: Props) {
  const isLoading = props['data-loading'] === true;
  const isHeld = isLoading || props['data-disabled'] === true;
  return (
    <button
      {...props}
      type={type}
      disabled={disabled && !isLoading}
      {...(isHeld && { 'aria-disabled': true, 'aria-busy': isLoading })}
      onClick={(event) => {
        // Enter in a field of its form comes here as well.
        if (isHeld) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}

import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { Confirm } from './confirm.tsx';

interface Props {
  /** Something is not saved. */
  readonly isDirty: boolean;
}

/** Asks before a link, the way back or a closed tab takes away what is not saved. */
export function LeaveGuard({ isDirty }: Props) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isDirty && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!isDirty) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isDirty]);
  return (
    <Confirm
      title="Leave without saving?"
      action="Leave"
      isOpen={blocker.state === 'blocked'}
      isBusy={false}
      error={null}
      onClose={() => blocker.reset?.()}
      onConfirm={() => blocker.proceed?.()}
    >
      What you have changed here since the last save is lost.
    </Confirm>
  );
}

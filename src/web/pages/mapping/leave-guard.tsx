import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { Confirm } from '../../parts/confirm.tsx';

/** Asks before a link or a closed tab takes away what is not saved. */
export function LeaveGuard({ isDirty }: { readonly isDirty: boolean }) {
  const navigate = useNavigate();
  const [target, setTarget] = useState<string | null>(null);
  useEffect(() => {
    if (!isDirty) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    const stop = (event: MouseEvent): void => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      const href = link?.getAttribute('href') ?? '';
      const isElsewhere = event.metaKey || event.ctrlKey || event.shiftKey || link?.getAttribute('target') === '_blank';
      if (!href.startsWith('/') || isElsewhere) return;
      event.preventDefault();
      event.stopPropagation();
      setTarget(href);
    };
    window.addEventListener('beforeunload', ask);
    document.addEventListener('click', stop, true);
    return () => {
      window.removeEventListener('beforeunload', ask);
      document.removeEventListener('click', stop, true);
    };
  }, [isDirty]);
  return (
    <Confirm
      title="Leave without saving?"
      action="Leave"
      isOpen={target !== null}
      isBusy={false}
      error={null}
      onClose={() => setTarget(null)}
      onConfirm={() => target !== null && void navigate(target)}
    >
      What you have changed here since the last save is lost.
    </Confirm>
  );
}

import { useEffect, useState } from 'react';
import type { AskedRun, Run } from '../../../http/api/runs/schemas.ts';

/** A worker that is free takes seconds. */
const patienceMs = 30_000;

export interface Awaited {
  readonly asked: AskedRun | null;
  readonly state: 'nothing' | 'waits' | 'late';
  readonly wait: (asked: AskedRun) => void;
}

/** What was asked for and has not begun yet. */
export function useAwaited(): Awaited & { readonly seen: (runs: readonly Run[]) => void } {
  const [asked, setAsked] = useState<AskedRun | null>(null);
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (asked === null) return undefined;
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, [asked]);
  const waiting = isLate ? 'late' : 'waits';
  return {
    asked,
    state: asked === null ? 'nothing' : waiting,
    wait: setAsked,
    seen(runs) {
      const isThere = runs.some(
        (run) => run.connection === asked?.connection && run.startedAt >= (asked?.askedAt ?? ''),
      );
      if (isThere) setAsked(null);
    },
  };
}

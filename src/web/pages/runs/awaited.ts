import { useEffect, useState } from 'react';
import type { AskedRun } from '../../../http/api/runs/schemas.ts';
import { useAskedRun } from '../../api/runs.ts';

/** A worker that is free takes seconds. */
const patienceMs = 30_000;

const shown = { kind: null, shownIn: ['runs', 'list'] } as const;

export interface Awaited {
  readonly asked: AskedRun | null;
  readonly state: 'nothing' | 'waits' | 'late';
  readonly wait: (asked: AskedRun) => void;
}

/** What was asked for and has not begun yet. */
export function useAwaited(): Awaited {
  const [asked, setAsked] = useState<AskedRun | null>(null);
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (asked === null) return undefined;
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, [asked]);
  const hasBegun = useAskedRun(asked, shown) !== null;
  useEffect(() => {
    if (hasBegun) setAsked(null);
  }, [hasBegun]);
  const waiting = isLate ? 'late' : 'waits';
  return {
    asked,
    state: asked === null ? 'nothing' : waiting,
    wait: setAsked,
  };
}

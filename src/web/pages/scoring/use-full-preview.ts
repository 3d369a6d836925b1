import { useEffect, useRef, useState } from 'react';
import type { Preview, ProfileDefinition, ProfileKind } from '../../../http/api/profiles/schemas.ts';
import { usePreviewPages } from '../../api/profiles.ts';
import { mergePreviews } from './merge-previews.ts';

export interface FullPreview {
  /** As far as it has come; null = not asked for. */
  readonly preview: Preview | null;
  readonly isRunning: boolean;
  readonly error: Error | null;
  readonly start: () => void;
  readonly stop: () => void;
}

/** Everybody, page by page: each request is short, and it can be stopped. Another profile begins anew. */
export function useFullPreview(kind: ProfileKind, profile: ProfileDefinition, stamp: string | null): FullPreview {
  const page = usePreviewPages(kind);
  const [state, setState] = useState<{
    stamp: string | null;
    preview: Preview | null;
    isRunning: boolean;
    error: Error | null;
  }>({ stamp: null, preview: null, isRunning: false, error: null });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), [stamp]);
  const run = async (signal: AbortSignal): Promise<void> => {
    let merged: Preview | null = null;
    do {
      const next: Preview = await page(profile, merged?.next ?? null, signal);
      merged = merged === null ? next : mergePreviews(merged, next);
      setState({ stamp, preview: merged, isRunning: merged.next !== null, error: null });
    } while (merged.next !== null);
  };
  const isCurrent = state.stamp === stamp && stamp !== null;
  return {
    preview: isCurrent ? state.preview : null,
    isRunning: isCurrent && state.isRunning,
    error: isCurrent ? state.error : null,
    start() {
      abort.current?.abort();
      const own = new AbortController();
      abort.current = own;
      setState({ stamp, preview: null, isRunning: true, error: null });
      run(own.signal).catch((error: unknown) => {
        if (own.signal.aborted) return;
        const reason = error instanceof Error ? error : new Error(String(error));
        setState((now) => ({ ...now, isRunning: false, error: reason }));
      });
    },
    stop() {
      abort.current?.abort();
      setState((now) => ({ ...now, isRunning: false }));
    },
  };
}

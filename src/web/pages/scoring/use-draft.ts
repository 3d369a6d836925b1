import { useCallback, useEffect, useRef, useState } from 'react';
import type { LiveProfile, ProfileDefinition, ProfileDraft } from '../../../http/api/profiles/schemas.ts';
import { Problem } from '../../api/call.ts';
import { useSaveDraft } from '../../api/profiles.ts';

/** What is typed is kept by itself after so long without a further key. */
const pauseMs = 600;

export interface DraftEditor {
  readonly profile: ProfileDefinition;
  /** As the server has it; null = nothing was changed yet. */
  readonly saved: ProfileDraft | null;
  readonly isSaved: boolean;
  readonly error: Error | null;
  readonly edit: (profile: ProfileDefinition) => void;
  /** Saves at once what is not saved yet. */
  readonly flush: () => void;
}

/** A profile on somebody's desk: each change is kept as a draft, one after the other. */
export function useDraftEditor({ kind, profile: live }: LiveProfile, draft: ProfileDraft | null): DraftEditor {
  const [profile, setProfile] = useState(draft?.profile ?? live);
  const [saved, setSaved] = useState(draft);
  const [isSaved, setIsSaved] = useState(true);
  const [error, setError] = useState<Error | null>(null);
  const { mutateAsync: save } = useSaveDraft(kind);
  const desk = useRef({
    wanted: null as ProfileDefinition | null,
    revision: draft?.revision ?? 0,
    isBusy: false,
    /** Somebody else was faster: nothing is sent any more, also not on leaving. */
    isStale: false,
    timer: 0,
  });
  const flush = useCallback((): void => {
    const now = desk.current;
    window.clearTimeout(now.timer);
    if (now.isBusy || now.isStale || now.wanted === null) return;
    const profile = now.wanted;
    now.wanted = null;
    now.isBusy = true;
    void (async () => {
      try {
        const answer = await save({ profile, revision: now.revision });
        now.revision = answer.revision;
        setSaved(answer);
        setError(null);
        if (now.wanted === null) setIsSaved(true);
      } catch (reason) {
        now.wanted ??= profile;
        now.isStale = reason instanceof Problem && reason.status === 412;
        setError(reason instanceof Error ? reason : new Error(String(reason)));
        return;
      } finally {
        now.isBusy = false;
      }
      flush();
    })();
  }, [save]);
  const edit = useCallback(
    (next: ProfileDefinition): void => {
      setProfile(next);
      setIsSaved(false);
      desk.current.wanted = next;
      window.clearTimeout(desk.current.timer);
      desk.current.timer = window.setTimeout(flush, pauseMs);
    },
    [flush],
  );
  // Whoever leaves the page loses nothing.
  useEffect(() => flush, [flush]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => {
      if (desk.current.wanted !== null || desk.current.isBusy) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, []);
  // What the server says anew of the same draft: how it differs from what is in force by now.
  const isTold = draft !== null && draft.revision === saved?.revision;
  return { profile, saved: isTold ? draft : saved, isSaved, error, edit, flush };
}

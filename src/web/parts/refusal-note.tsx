import { useMutation } from '@tanstack/react-query';
import { Problem } from '../api/call.ts';
import { ProblemNote } from './problem-note.tsx';

interface Props {
  readonly error: Error;
  /** Whether loading what is there now takes away what somebody has changed here. */
  readonly hasUnsaved: boolean;
  /** Loads what is there now, and drops what was changed here. */
  readonly onLoad: () => Promise<unknown>;
  /** Asks again; left out = there is nothing to ask. */
  readonly onRetry?: () => void;
}

/** Why a change was refused; where somebody else was faster, or has ended the draft, the way on. */
export function RefusalNote({ error, hasUnsaved, onLoad, onRetry }: Props) {
  const load = useMutation({ mutationFn: onLoad });
  const isStale = error instanceof Problem && (error.status === 412 || error.code === 'draft-unknown');
  if (!isStale) return <ProblemNote error={error} {...(onRetry !== undefined && { onRetry })} />;
  return (
    <ProblemNote
      error={load.error ?? error}
      {...(load.error === null && { remedy: hasUnsaved ? unsavedRemedy : savedRemedy })}
      onRetry={() => load.mutate()}
      retryLabel={hasUnsaved ? 'Discard mine and load theirs' : 'Load what is there now'}
    />
  );
}

const unsavedRemedy =
  'Your changes are still here, and not saved. Note down what you want to keep of them; then load theirs, and make yours again on top.';
const savedRemedy = 'Load what is there now, and look at what has changed; then decide anew.';

import type { Run, RunDetail } from '../../../http/api/runs/schemas.ts';

export const kinds: readonly { readonly value: Run['kind']; readonly label: string }[] = [
  { value: 'sync', label: 'sync' },
  { value: 'push', label: 'push' },
  { value: 'replay', label: 'retry' },
  { value: 'rescore', label: 'rescore' },
  { value: 'import', label: 'import' },
  { value: 'undo', label: 'undo' },
  { value: 'live', label: 'look' },
  { value: 'hints', label: 'webhook' },
];

export function kindOf(kind: Run['kind']): string {
  return kinds.find(({ value }) => value === kind)?.label ?? kind;
}

export const statuses: readonly { readonly value: Run['status']; readonly label: string; readonly color: string }[] = [
  { value: 'running', label: 'running', color: 'blue' },
  { value: 'succeeded', label: 'succeeded', color: 'teal' },
  { value: 'partial', label: 'partial', color: 'yellow' },
  { value: 'failed', label: 'failed', color: 'red' },
  { value: 'cancelled', label: 'stopped', color: 'gray' },
];

export const lanes: Readonly<Record<RunDetail['lanes'][number]['lane'], string>> = {
  full: 'everything',
  live: 'what has changed',
  settled: 'what came late',
  archived: 'what was deleted',
};

/** Whose run it is. */
export function subjectOf({ connection, source }: Pick<Run, 'connection' | 'source'>): string {
  return connection ?? source ?? 'all leads';
}

const phases = { pull: 'Reading', score: 'Scoring', push: 'Writing' } as const;

/** `Reading contacts: 1,200 so far` */
export function stepText(step: Run['step'], figure: (count: number) => string): string {
  if (step === null) return 'Getting ready';
  const { phase, object, done, total } = step;
  return `${phases[phase]} ${object}: ${total === null ? `${figure(done)} so far` : `${figure(done)} of ${figure(total)}`}`;
}

/** A run that lives says so each ten seconds; longer than that its process is gone, or its database away. */
const silentMs = 60_000;

export function isSilent({ connection, endedAt, heartbeatAt }: Run, now: number): boolean {
  return endedAt === null && connection !== null && now - Date.parse(heartbeatAt) > silentMs;
}

/** So far, where it has not ended. */
export function lengthOf({ startedAt, endedAt }: Run, now: number): number {
  return (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt);
}

import type { Recovery } from './errors.ts';

export type PauseDirection = 'pull' | 'push' | 'all';

/** A person's word that something is not to run. */
export interface Pause {
  readonly of: 'org' | 'connection' | 'source';
  readonly direction: PauseDirection;
  readonly reason: string;
  readonly since: Date;
}

/** How commands name it: a source may be called as a connection is. */
export function spokenName(of: 'connection' | 'source', name: string): string {
  return of === 'source' ? `sources/${name}` : name;
}

/** How a connection or a source fares. `failing`: it may come right by itself. `paused`: a person has to do something. */
export interface Health {
  readonly state: 'healthy' | 'failing' | 'paused';
  /** Of what is wrong; null where nothing is. None of the three carries personal data. */
  readonly code: string | null;
  readonly message: string | null;
  readonly remedy: string | null;
  /** Failed runs in a row; where it is paused those since it is. */
  readonly failuresInRow: number;
  /** When it became healthy, or stopped being so. */
  readonly since: Date;
  /** Nothing is tried before; null = any tick may. */
  readonly tryAgainAt: Date | null;
  readonly lastSuccessAt: Date | null;
}

/** Why a run failed, in words that may be shown, stored and sent. */
export interface HealthFailure {
  readonly code: string;
  readonly message: string;
  readonly recovery: Recovery;
  readonly remedy: string;
}

/** One for each change of status. */
export type AlertKind = 'failing' | 'paused' | 'recovered';

/** What people are told. */
export interface AlertWords {
  readonly kind: AlertKind;
  readonly code: string | null;
  readonly title: string;
  readonly text: string;
  readonly remedy: string | null;
}

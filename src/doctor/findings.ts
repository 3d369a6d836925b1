import type { CheckFinding } from '../connector-sdk/connector.ts';

export function ok(subject: string, message: string): CheckFinding {
  return { level: 'ok', subject, message, remedy: '' };
}

/** It works, and somebody should look at it. */
export function warning(subject: string, message: string, remedy: string): CheckFinding {
  return { level: 'warning', subject, message, remedy };
}

/** It does not work. */
export function failure(subject: string, message: string, remedy: string): CheckFinding {
  return { level: 'failure', subject, message, remedy };
}

/** `45 s`, `12 min`, `3 h` */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

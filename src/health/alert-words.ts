import type { AlertWords, Health } from '../model/health.ts';
import type { HealthChange } from './next-health.ts';

/** What people are told of a change: what, since when, and what to do. Pure. */
export function alertWords(label: string, { kind, awayMs }: HealthChange, health: Health): AlertWords {
  const { code, remedy } = health;
  const message = health.message ?? '';
  switch (kind) {
    case 'paused':
      return { kind, code, remedy, title: `${label} is paused`, text: `${message} ${laterText(label, health)}`.trim() };
    case 'failing': {
      const text =
        `${message} It has failed ${health.failuresInRow} times in a row. ${laterText(label, health)}`.trim();
      return { kind, code, remedy, title: `${label} is failing`, text };
    }
    case 'recovered': {
      const text = `It was away for ${spanOf(awayMs)}. Nothing is lost: it goes on where it stopped.`;
      return { kind, code: null, remedy: null, title: `${label} works again`, text };
    }
  }
}

function laterText(label: string, { tryAgainAt }: Health): string {
  if (tryAgainAt === null) return '';
  const at = tryAgainAt.toISOString().slice(0, 16).replace('T', ' ');
  return `By its schedule it is tried again after ${at} UTC; by its next tick with: leadloop resume ${label}`;
}

/** `45 seconds`, `12 minutes`, `3 hours`, `2 days` */
function spanOf(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 90) return `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

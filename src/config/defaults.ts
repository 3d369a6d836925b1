import type { PullSettings, PushSettings, QuotaSettings } from './settings.ts';

type Part<T> = { readonly [Key in keyof T]?: T[Key] | undefined };
type PushPart = Part<Omit<PushSettings, 'blastRadius'>> & {
  readonly blastRadius?: Part<PushSettings['blastRadius']> | undefined;
};

// What is left out of a file, or of a row that the console wrote. schema.ts tells people the same; a test compares the two.

export const defaultTimezone = 'UTC';
export const defaultUrgentReserve = 0.1;

export function completeQuota({
  dailyShare = 0.25,
  stopAtOrgUse = 0.8,
  urgentReserve = defaultUrgentReserve,
  dailyLimit = null,
}: Part<QuotaSettings> = {}): QuotaSettings {
  return { dailyShare, stopAtOrgUse, urgentReserve, dailyLimit };
}

export function completePush({
  mode = 'plan',
  blastRadius: { records = 500, share = 0.2 } = {},
  massFrom = null,
}: PushPart = {}): PushSettings {
  return { mode, blastRadius: { records, share }, massFrom };
}

export function completePull({
  lagSeconds = 120,
  fullPassHours = 24,
  liveEverySeconds = null,
  objects = null,
}: Part<PullSettings> = {}): PullSettings {
  return { lagSeconds, fullPassHours, liveEverySeconds, objects };
}

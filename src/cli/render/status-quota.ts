import { countedUpTo } from '../../db/queries/bounded-count.ts';
import type { ConnectionStatus, QuotaStatus } from '../../health/status-report.ts';
import { grouped, instant } from '../text.ts';

type Waiting = Pick<QuotaStatus['waiting'][number], 'priority' | 'count'>;

/** What of the day's calls is used and left: `9,003 of our 10,000 calls used, none left but 997 for status and tier; …` */
export function quotaText(quota: QuotaStatus | null): string {
  const pool = quota?.pool ?? null;
  if (pool === null) return '';
  const { share, used, left, leftForUrgent, accountRemaining, max, resetAt } = pool;
  const ofAccount =
    accountRemaining === null || max === null ? '' : `; the account has ${of(accountRemaining, max)} left`;
  const until = `, until ${instant(resetAt)} UTC`;
  if (share === null || left === null) return `${grouped(used)} calls used${ofAccount}${until}`;
  const urgent = leftForUrgent !== null && leftForUrgent > left ? leftForUrgent - left : 0;
  const kept = urgent === 0 ? '' : ` and ${grouped(urgent)} for a new status or tier`;
  return `${grouped(used)} of our ${grouped(share)} calls used, ${left === 0 ? 'none' : grouped(left)} left${kept}${ofAccount}${until}`;
}

/** What waits for calls, how urgent it is, until when, and why. */
export function waitsText({ quota }: Pick<ConnectionStatus, 'quota'>): string {
  if (quota === null || quota.waits === null) return '';
  const { until, reason } = quota.waits;
  const held = quota.waiting.filter(({ priority }) => reason !== 'reserve' || priority > 0);
  const what = pushesText(held);
  return `${what === '' ? 'everything' : what} until ${instant(until)} UTC: ${reasons[reason]}`;
}

const reasons: Readonly<Record<NonNullable<QuotaStatus['waits']>['reason'], string>> = {
  share: 'our share of the day’s calls is used up',
  account: 'all users of the account have nearly used up its calls of the day',
  reserve: 'what is left of the calls is kept for a new status or tier',
  crm: 'the CRM takes no more calls',
};

/** `2 with a new status or tier, 3 hot with a new score`: the most urgent first; '' = none. */
export function pushesText(waiting: readonly Waiting[]): string {
  return waiting
    .filter(({ count }) => count > 0)
    .map(({ priority, count }) => `${countedText(count)} ${words[priority]}`)
    .join(', ');
}

const words: Readonly<Record<Waiting['priority'], string>> = {
  0: 'with a new status or tier',
  1: 'hot with a new score',
  2: 'with a new score',
  3: 'other',
};

/** `12`, or `10,000 or more` where no more were counted. */
export function countedText(number: number): string {
  return `${grouped(number)}${number >= countedUpTo ? ' or more' : ''}`;
}

function of(part: number, whole: number): string {
  return `${grouped(part)} of ${grouped(whole)}`;
}

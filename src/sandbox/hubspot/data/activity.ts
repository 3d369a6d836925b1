import { isoInstant } from '../time.ts';
import type { Random } from '../../server/random.ts';

/** What a contact did so far, as HubSpot counts it: lifetime totals, absent where nothing ever happened. */
export interface Activity {
  /** 0 cold … 1 hot. */
  readonly heat: number;
  readonly visits: number;
  readonly opens: number;
  readonly clicks: number;
  readonly delivered: number;
  readonly conversions: number;
  /** Milliseconds; the last time anything happened. */
  readonly lastAt: number;
}

/** Many contacts did nothing, few did a lot. */
export function activityOf(random: Random, { from, until }: { from: number; until: number }): Activity {
  const heat = random.chance(0.35) ? 0 : random.next() ** 4;
  const delivered = random.chance(0.25) ? 0 : random.integer(1, 40);
  const opens = Math.round(delivered * Math.min(1, heat * 1.6) * random.next());
  return {
    heat,
    delivered,
    opens,
    clicks: Math.round(opens * heat * random.next()),
    visits: Math.round(heat * 60 * random.next()),
    conversions: heat > 0.25 ? random.integer(1, 4) : Number(random.chance(0.05)),
    lastAt: until - Math.floor(random.next() ** 2 * (until - from)),
  };
}

/** A count HubSpot keeps: text, missing instead of zero where nothing was ever recorded. */
function count(value: number): string | undefined {
  return value > 0 ? String(value) : undefined;
}

export interface Conversion {
  first: string | undefined;
  recent: string | undefined;
}

type ActivityProperties = Record<string, string | undefined>;

export function activityProperties(activity: Activity, conversion: Conversion): ActivityProperties {
  const { visits, opens, clicks, delivered, conversions, lastAt } = activity;
  const last = isoInstant(lastAt);
  const ifAny = (value: number): string | undefined => (value > 0 ? last : undefined);
  return {
    hs_analytics_num_visits: visits > 0 ? String(visits) : '0',
    hs_analytics_num_page_views: String(visits * 3),
    hs_analytics_source: visits > 0 ? 'ORGANIC_SEARCH' : 'OFFLINE',
    hs_analytics_last_visit_timestamp: ifAny(visits),
    hs_analytics_last_timestamp: ifAny(visits),
    hs_email_delivered: count(delivered),
    hs_email_open: count(opens),
    hs_email_click: count(clicks),
    hs_email_last_send_date: ifAny(delivered),
    hs_email_last_open_date: ifAny(opens),
    hs_email_last_click_date: ifAny(clicks),
    num_conversion_events: count(conversions),
    num_unique_conversion_events: count(Math.min(conversions, 2)),
    first_conversion_event_name: conversion.first,
    recent_conversion_event_name: conversion.recent,
    recent_conversion_date: ifAny(conversions),
  };
}

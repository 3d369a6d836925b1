export { DAY, MINUTE, movableClock, SECOND, type MovableClock, type Now } from '../server/clock.ts';

/** HubSpot prints Java instants: the fraction is missing where it is zero (meeting recordings, "10:00:00Z"). */
export function isoInstant(ms: number): string {
  const iso = new Date(ms).toISOString();
  return iso.endsWith('.000Z') ? `${iso.slice(0, -5)}Z` : iso;
}

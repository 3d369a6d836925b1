import { nameLeads, type Named, nextPeople } from '../db/queries/preview-people.ts';
import type { Tx } from '../db/tx.ts';
import type { ScoringProfile } from '../model/profile.ts';
import { compareAll, type ComparedPerson, type Comparison } from '../scoring/compare.ts';
import { compileProfile } from '../scoring/compile.ts';
import { comparePeople, type Contest } from './compare-people.ts';
import { type Editing, type EditorServices, liveProfile } from './profiles.ts';

/** The draft beside what is in force, for one page of people. */
export interface PreviewPage extends Comparison {
  /** How many there are in all; null = more than this page, and it is not the first one, or they are being counted. */
  readonly total: number | null;
  /** Where the next page begins; null = there is none. */
  readonly next: string | null;
  readonly names: ReadonlyMap<string, Named>;
}

export interface PreviewWish {
  readonly draft: ScoringProfile;
  /** Null = from the first. */
  readonly after: string | null;
  /** People of the page. */
  readonly limit: number;
  /** How many there are in all; null = that is not known yet. */
  readonly countAll: () => Promise<number | null>;
}

const batchPeople = 1_000;

/** Scores one page of people by both profiles, in small transactions that nobody waits for. */
export async function previewPage(
  { database, now }: EditorServices,
  { orgId, kind }: Editing,
  { draft, after, limit, countAll }: PreviewWish,
): Promise<PreviewPage> {
  // Beside the scoring: both take about as long, and the database works on both at once.
  const counting = after === null ? countAll() : Promise.resolve(null);
  // Told below, unless something else has gone wrong before.
  counting.catch(() => undefined);
  const live = await database.transaction(orgId, (tx) => liveProfile(tx, kind));
  const contest: Contest = { live: compileProfile(live.profile), draft: compileProfile(draft), at: now() };
  const people: ComparedPerson[] = [];
  let place = after;
  for (let left = limit; left > 0;) {
    const size = Math.min(batchPeople, left);
    const ids = await database.transaction(orgId, async (tx) => {
      const ids = await nextPeople(tx, kind, { after: place, limit: size });
      people.push(...(await comparePeople[kind](tx, contest, ids)));
      return ids;
    });
    left -= ids.length;
    place = ids.length < size ? null : (ids.at(-1) ?? null);
    if (place === null) break;
  }
  const tiers = [...live.profile.tiers, ...draft.tiers].toSorted((a, b) => b.atLeast - a.atLeast);
  const compared = compareAll(
    people,
    tiers.map(({ tier }) => tier),
  );
  const names = await database.transaction(orgId, (tx) => namesOf(tx, compared));
  const counted = await counting;
  const isAll = after === null && place === null;
  return { ...compared, total: isAll ? people.length : counted, next: place, names };
}

async function namesOf(tx: Tx, { becomeMql, wouldNotBeMql, movers }: Comparison): Promise<ReadonlyMap<string, Named>> {
  const shown = [...becomeMql.people, ...wouldNotBeMql.people, ...movers];
  return nameLeads(tx, [...new Set(shown.flatMap(({ leadId }) => leadId ?? []))]);
}

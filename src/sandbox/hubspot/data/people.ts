import type { Random } from '../../server/random.ts';

const FIRST_NAMES = (
  'Olivia Liam Emma Noah Ava Ethan Sophia Mason Maria James Linda Robert Patricia Michael Barbara David Susan ' +
  'Richard Jessica Joseph Karen Thomas Nancy Daniel Lisa Anthony Sandra Mark Ashley Donald Kimberly Steven Donna ' +
  'Andrew Carol Paul Michelle Joshua Amanda Kenneth Melissa Kevin Deborah Brian Stephanie Priya Wei Fatima Jamal ' +
  'Aisha Diego Carmen Hiroshi Ingrid Tariq Lakshmi'
).split(' ');

const LAST_NAMES = (
  'Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson ' +
  'Anderson Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker ' +
  'Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell ' +
  'Carter Roberts Patel Okafor Kowalski Lindqvist Haddad'
).split(' ');

export interface PersonName {
  first: string;
  last: string;
}

/** Names that break naive code: other scripts, combining marks, right-to-left, emoji, markup, and great length. */
export const UGLY_NAMES: readonly PersonName[] = [
  { first: 'José', last: 'Ñúñez-Ibáñez' },
  { first: '小龍', last: '李' },
  { first: 'Zoe\u0308', last: 'O’Brien' },
  { first: 'عمر', last: 'حداد' },
  { first: 'Pat 🍎', last: "D'Angelo" },
  { first: '<b>Robin</b>', last: '<script>alert(1)</script>' },
  { first: 'Bartholomew', last: `Longname${'-Longname'.repeat(40)}`.slice(0, 300) },
];

export function personName(random: Random): PersonName {
  return { first: random.pick(FIRST_NAMES), last: random.pick(LAST_NAMES) };
}

/** Titles with how often they occur among contacts. */
const DISTRICT_TITLES: readonly [string, number][] = [
  ['Superintendent', 8],
  ['Assistant Superintendent', 7],
  ['Chief Technology Officer', 5],
  ['Director of Curriculum', 9],
  ['Director of Technology', 8],
  ['Director of Special Education', 5],
  ['Principal', 16],
  ['Assistant Principal', 8],
  ['Technology Coordinator', 8],
  ['Instructional Specialist', 6],
  ['Teacher', 18],
  ['Administrative Assistant', 2],
];

const SOFTWARE_TITLES: readonly [string, number][] = [
  ['CTO', 8],
  ['VP of Engineering', 8],
  ['Director of Engineering', 10],
  ['Head of Platform', 8],
  ['Engineering Manager', 14],
  ['Staff Engineer', 16],
  ['Software Engineer', 30],
  ['Founder & CEO', 6],
];

function weighted(random: Random, titles: readonly [string, number][]): string {
  const total = titles.reduce((sum, [, weight]) => sum + weight, 0);
  let rest = random.next() * total;
  for (const [title, weight] of titles) {
    rest -= weight;
    if (rest < 0) return title;
  }
  return titles[0]?.[0] ?? '';
}

export function jobTitle(random: Random, kind: 'district' | 'software'): string {
  return weighted(random, kind === 'district' ? DISTRICT_TITLES : SOFTWARE_TITLES);
}

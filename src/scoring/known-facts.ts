import { leadFieldNames } from '../model/lead.ts';
import type { ProfileKind } from '../model/profile.ts';
import { plgScoreFact, plgTierFact } from './compile.ts';
import { isCounter } from './decay.ts';
import { isDatedPlgFact, isPlgFact, plgFactNames } from './plg-facts.ts';

/** The facts that a part of a profile may ask for. */
export interface KnownFacts {
  readonly has: (fact: string) => boolean;
  /** Whether there are dates behind it, so that it can fade. */
  readonly isDated: (fact: string) => boolean;
  /** Those that have one name. */
  readonly list: readonly string[];
  /** For people. */
  readonly names: string;
  readonly datedNames: string;
}

const mqlNames: readonly string[] = [...leadFieldNames, plgScoreFact, plgTierFact];
const plgNames: readonly string[] = [...new Set([...leadFieldNames, ...plgFactNames])];

const ofKind: Readonly<Record<ProfileKind, KnownFacts>> = {
  mql: {
    has: (fact) => mqlNames.includes(fact),
    isDated: isCounter,
    list: mqlNames,
    names: mqlNames.join(', '),
    datedNames: mqlNames.filter(isCounter).join(', '),
  },
  plg: {
    has: (fact) => plgNames.includes(fact) || isPlgFact(fact),
    isDated: isDatedPlgFact,
    list: plgNames,
    names: `${plgNames.join(', ')}, signals.<type>, title.<type>`,
    datedNames: `${plgNames.filter(isDatedPlgFact).join(', ')}, signals.<type>`,
  },
};

/** `more`: what the score itself adds for this part. */
export function knownFacts(kind: ProfileKind, more: readonly string[] = []): KnownFacts {
  const known = ofKind[kind];
  return {
    ...known,
    has: (fact) => known.has(fact) || more.includes(fact),
    list: [...known.list, ...more],
    names: [known.names, ...more].join(', '),
  };
}

/** A phrase as words in lower case, with what it is worth (in whatever unit the caller uses). */
interface Phrase {
  readonly words: readonly string[];
  readonly points: number;
}

interface Occurrence {
  readonly start: number;
  readonly end: number;
  readonly points: number;
}

/** How many answers a matcher keeps. */
const mostAnswers = 1000;

/** Dotted initials (`C.T.O.`) are one word; anything else that is not a letter or a digit parts words (`Co-Founder` is two). */
const wordPattern = /\p{L}(?:\.\p{L})+(?!\p{L})|[\p{L}\p{N}]+/gu;

export function wordsOf(text: string): readonly string[] {
  return (text.toLowerCase().match(wordPattern) ?? []).map((word) => word.replaceAll('.', ''));
}

/**
 * Finds the best of some phrases in a text: the most points, or null where none occurs. Words match whole. A phrase inside a
 * longer one does not count: "Vice President" is no president, while "President and Vice President" is.
 */
export function compileMatcher(
  phrases: readonly { readonly phrase: string; readonly points: number }[],
): (text: string) => number | null {
  const byFirstWord = new Map<string, Phrase[]>();
  for (const { phrase, points } of phrases) {
    const words = wordsOf(phrase);
    const [first = ''] = words;
    byFirstWord.set(first, [...(byFirstWord.get(first) ?? []), { words, points }]);
  }
  const answers = new Map<string, number | null>();
  return (text) => {
    const before = answers.get(text);
    if (before !== undefined) return before;
    const best = bestOf(occurrencesIn(wordsOf(text), byFirstWord));
    // Most facts that are matched are one of a few texts; the others must not pile up.
    if (answers.size >= mostAnswers) answers.clear();
    answers.set(text, best);
    return best;
  };
}

function occurrencesIn(
  words: readonly string[],
  byFirstWord: ReadonlyMap<string, readonly Phrase[]>,
): readonly Occurrence[] {
  const found: Occurrence[] = [];
  words.forEach((word, start) => {
    for (const phrase of byFirstWord.get(word) ?? []) {
      if (phrase.words.every((expected, offset) => words[start + offset] === expected)) {
        found.push({ start, end: start + phrase.words.length, points: phrase.points });
      }
    }
  });
  return found;
}

function bestOf(occurrences: readonly Occurrence[]): number | null {
  let best: number | null = null;
  for (const occurrence of occurrences) {
    if (occurrences.some((other) => shadows(other, occurrence))) continue;
    if (best === null || occurrence.points > best) best = occurrence.points;
  }
  return best;
}

function shadows(longer: Occurrence, shorter: Occurrence): boolean {
  return (
    longer.start <= shorter.start &&
    longer.end >= shorter.end &&
    longer.end - longer.start > shorter.end - shorter.start
  );
}

/** A pattern sees this many characters of a text at most: what a slow pattern costs grows with the length of its input. */
export const maxPatternInput = 200;

/**
 * How many ways of matching a pattern may have to try: those of two open repeats from any start. The slowest patterns of that
 * size take some 0.05 s (Node 24, case-insensitive Unicode matching, on text made for the purpose); usual ones microseconds.
 */
const maxWays = maxPatternInput ** 3;

interface Group {
  /** Something inside can match in more than one way. */
  hasChoice: boolean;
  /** Null for the pattern itself. */
  readonly outer: Group | null;
}

/** One piece of a pattern: an escape, a character class, a group's edge, a choice, a repeat, or any other character. */
const pieces =
  /\\(?:[pP]\{[^}]*\}|[^])|\[(?:\\[^]|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?|[)|]|[*+?]\??|\{\d+(?:,\d*)?\}\??|[^]/gu;

/**
 * Why a pattern must not run, or null where it may. Patterns come from admins and run on every record, and JavaScript cannot
 * stop one that backtracks for ever. So this refuses what could: references back, a repeated group that can match in more than
 * one way (`(a+)+`, `(a|aa)*`), and more than `maxWays` ways in all, by the product of what each repeat, option and
 * alternative allows. It is strict rather than clever: some harmless patterns must be written more simply.
 */
export function patternProblem(pattern: string): string | null {
  if (compilePattern(pattern) === null) return 'is not a regular expression';
  if (/\\(?:[1-9]|k<)/.test(pattern)) return 'refers back to a group, which can take for ever on some texts';
  const { ways, isNested } = scan(pattern);
  if (isNested) return 'repeats a group that can match in several ways, which can take for ever on some texts';
  return ways > maxWays ? 'can match in too many ways: start it with ^, or repeat less' : null;
}

/** Without regard to case, by Unicode rules; null where the syntax is wrong. */
export function compilePattern(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, 'iu');
  } catch {
    return null;
  }
}

function scan(pattern: string): { readonly ways: number; readonly isNested: boolean } {
  let ways = pattern.startsWith('^') ? 1 : maxPatternInput;
  let isNested = false;
  let group: Group = { hasChoice: false, outer: null };
  let closed: Group | null = null;
  for (const [piece] of pattern.matchAll(pieces)) {
    const { most, choices } = choicesOf(piece);
    isNested ||= most > 1 && closed?.hasChoice === true;
    group.hasChoice ||= choices > 1;
    ways *= choices;
    closed = piece === ')' ? group : null;
    if (piece.startsWith('(')) group = { hasChoice: false, outer: group };
    if (group.outer !== null && closed !== null) {
      // What can match in several ways inside a group makes the one around it do so too.
      group.outer.hasChoice ||= group.hasChoice;
      group = group.outer;
    }
  }
  return { ways, isNested };
}

/** How often a repeat may match at most (1 where the piece is none), and how many choices the piece leaves. */
function choicesOf(piece: string): { readonly most: number; readonly choices: number } {
  if (/^[*+]/.test(piece)) return { most: Infinity, choices: maxPatternInput };
  if (piece === '|' || piece.startsWith('?')) return { most: 1, choices: 2 };
  const match = /^\{(\d+)(,?)(\d*)\}/.exec(piece);
  if (match === null) return { most: 1, choices: 1 };
  const [, least, comma, given] = match;
  const most = comma === '' ? Number(least) : given === '' ? Infinity : Number(given);
  return { most, choices: Math.min(maxPatternInput, most - Number(least) + 1) };
}

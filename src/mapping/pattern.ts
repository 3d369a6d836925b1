/** A pattern sees this many characters of a text at most: what a slow pattern costs grows with the length of its input. */
export const maxPatternInput = 500;

/** More repeats than these in one pattern are refused: each multiplies the ways in which a text can be tried. */
const maxRepeats = 6;
const maxWildRepeats = 2;

interface Group {
  hasRepeat: boolean;
  hasChoice: boolean;
  readonly outer: Group | null;
}

interface Scan {
  repeats: number;
  wildRepeats: number;
  /** A repeated group with a repeat or a choice in it, `(a+)+` or `(a|aa)*`: doubles the work with each character. */
  isNested: boolean;
}

/** One piece of a pattern: an escape, a character class, a group's edge, a choice, a repeat, or any other character. */
const pieces =
  /\\(?:[pP]\{[^}]*\}|k<[^>]*>|[^])|\[(?:\\[^]|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?|[)|]|[*+?]\??|\{\d+(?:,\d*)?\}\??|[^]/gu;

/**
 * Why a pattern must not run, or null where it may. Patterns come from admins and run on every record, and JavaScript cannot
 * stop one that backtracks for ever. So patterns that are known to explode are refused: back references, repeated groups that
 * hold a repeat or a choice, more than two repeats of "anything", more than six repeats in all. This is strict rather than
 * complete; together with `maxPatternInput` the worst that passes takes milliseconds.
 */
export function patternProblem(pattern: string): string | null {
  if (compilePattern(pattern) === null) return 'is not a regular expression';
  if (/\\(?:[1-9]|k<)/.test(pattern)) return 'refers back to a group, which can take for ever on some texts';
  const scan = scanPattern(pattern);
  if (scan.isNested) return 'repeats a group that itself repeats or chooses, which can take for ever on some texts';
  if (scan.wildRepeats > maxWildRepeats) return `repeats "anything" more than ${maxWildRepeats} times`;
  return scan.repeats > maxRepeats ? `has more than ${maxRepeats} repeats` : null;
}

/** Without regard to case, by Unicode rules; null where the syntax is wrong. */
export function compilePattern(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, 'iu');
  } catch {
    return null;
  }
}

function scanPattern(pattern: string): Scan {
  const scan: Scan = { repeats: 0, wildRepeats: 0, isNested: false };
  let group: Group = { hasRepeat: false, hasChoice: false, outer: null };
  let last: string | Group = '';
  for (const [piece] of pattern.matchAll(pieces)) {
    if (piece.startsWith('(')) group = { hasRepeat: false, hasChoice: false, outer: group };
    if (piece === '|') group.hasChoice = true;
    if (isRepeat(piece)) countRepeat(scan, group, last);
    last = piece;
    if (piece === ')' && group.outer !== null) {
      last = group;
      group = close(group, group.outer);
    }
  }
  return scan;
}

/** What stands inside a group also stands inside the one around it. */
function close(inner: Group, outer: Group): Group {
  outer.hasRepeat ||= inner.hasRepeat;
  outer.hasChoice ||= inner.hasChoice;
  return outer;
}

/** A repeat without an end, or with one so far away that it makes no difference. */
function isRepeat(piece: string): boolean {
  if (/^[*+]/.test(piece)) return true;
  const [, least = '', comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(piece) ?? [];
  return comma !== undefined && (most === '' ? comma === ',' || Number(least) > 10 : Number(most) > 10);
}

function countRepeat(scan: Scan, group: Group, repeated: string | Group): void {
  scan.repeats += 1;
  group.hasRepeat = true;
  if (typeof repeated === 'string') {
    if (/^(?:\.|\[\^|\\[SDWP])/.test(repeated)) scan.wildRepeats += 1;
  } else if (repeated.hasRepeat || repeated.hasChoice) {
    scan.isNested = true;
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The part of an id that names the instance. */
const POD = 'ak0';

/** Five characters say by one of 32 letters which of them are capitals. */
function suffixOf(id15: string): string {
  let suffix = '';
  for (let block = 0; block < 15; block += 5) {
    let bits = 0;
    for (let at = 0; at < 5; at += 1) {
      if (/[A-Z]/.test(id15.charAt(block + at))) bits |= 1 << at;
    }
    suffix += ALPHABET.charAt(bits);
  }
  return suffix;
}

/** Case lost on the way (spreadsheets do that) comes back out of the suffix. */
function recase(id18: string): string {
  const letters = Array.from(id18.slice(0, 15), (letter, at) => {
    const bits = ALPHABET.indexOf(id18.charAt(15 + Math.floor(at / 5)).toUpperCase());
    return (bits >> (at % 5)) & 1 ? letter.toUpperCase() : letter.toLowerCase();
  });
  return letters.join('');
}

/** The 18-character form of an id of either length; undefined for what is no id. */
export function canonicalId(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^[a-zA-Z0-9]+$/.test(text)) return undefined;
  if (text.length === 15) return text + suffixOf(text);
  if (text.length !== 18) return undefined;
  if (!/^[A-Za-z0-5]{3}$/.test(text.slice(15))) return undefined;
  const id15 = recase(text);
  const suffix = suffixOf(id15);
  return suffix === text.slice(15).toUpperCase() ? id15 + suffix : undefined;
}

export function makeId(keyPrefix: string, serial: number): string {
  let rest = serial;
  let digits = '';
  while (digits.length < 9) {
    digits = BASE62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  const id15 = `${keyPrefix}${POD}${digits}`;
  return id15 + suffixOf(id15);
}

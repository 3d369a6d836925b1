import { describe, expect, test } from 'vitest';
import type { PushSides } from '../../../src/model/push.ts';
import { isKept, keptAfterAnswer, keptAfterPull } from '../../../src/push/kept.ts';

/** We wrote `hot`, and the CRM took it. */
const written: PushSides = { wanted: { tier: 'hot' }, remote: { tier: 'hot' }, pushed: { tier: 'hot' }, kept: {} };
const wanted = { tier: 'hot' };

/** What a pull shows, again and again, with a write of ours after each that does not leave the field alone. */
function after(shown: readonly string[]): { readonly sides: PushSides; readonly isLeftAlone: boolean } {
  let sides = written;
  for (const tier of shown) {
    sides = { ...sides, remote: { tier }, kept: keptAfterPull(sides, wanted, { tier }) };
    if (!isKept(sides, 'tier', 'hot', tier)) sides = { ...sides, remote: wanted };
  }
  const last = shown.at(-1) ?? 'hot';
  return { sides, isLeftAlone: isKept({ ...sides, remote: { tier: last } }, 'tier', 'hot', last) };
}

describe('a value that the CRM takes back', () => {
  test('is written once more: a person may have edited it', () => {
    expect(after(['cold']).isLeftAlone).toBe(false);
  });

  test('is left alone after the second time in a row', () => {
    expect(after(['cold', 'cold']).isLeftAlone).toBe(true);
  });

  test('counts anew when it has stayed in between', () => {
    expect(after(['cold', 'hot', 'cold']).isLeftAlone).toBe(false);
  });

  test('counts anew when it is another value each time', () => {
    expect(after(['cold', 'warm', 'cold']).isLeftAlone).toBe(false);
  });

  test('is written when we have something else to say', () => {
    const { sides } = after(['cold', 'cold']);
    expect(isKept(sides, 'tier', 'warm', 'cold')).toBe(false);
  });

  test('is none where we never wrote, or wrote something else', () => {
    for (const pushed of [{}, { tier: 'warm' }]) {
      expect(keptAfterPull({ ...written, pushed }, wanted, { tier: 'cold' })).toEqual({});
    }
  });
});

describe('an answer', () => {
  test('that says the CRM kept its own value is believed at once', () => {
    const kept = keptAfterAnswer({}, { tier: 'hot' }, { tier: 'cold' });
    expect(isKept({ ...written, kept }, 'tier', 'hot', 'cold')).toBe(true);
  });

  test('that says it was written forgets no earlier time: what a flow does comes later', () => {
    const kept = { tier: { wanted: 'hot', remote: 'cold', times: 1 } };
    expect(keptAfterAnswer(kept, { tier: 'hot' }, { tier: 'hot' })).toEqual(kept);
  });
});

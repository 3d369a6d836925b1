import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultMqlProfile } from '../../../src/scoring/defaults.ts';
import { aComponent, aProfile, flagRule, score, unitRule } from './builders.ts';

const reason = (values: Parameters<typeof score>[1]) => score(defaultMqlProfile, values).reason;

describe('the reason', () => {
  it('puts the MQL triggers first, then labels by strength, each in profile order', () => {
    expect(reason({ demo_requested: true, website_visits: 1, email_clicks: 2, title: 'Owner', enrollment: 3000 })).toBe(
      'MQL by demo requested. Strong: Demo requested, District size, Job title. Medium: Email clicks. Slight: Website visits.',
    );
  });

  it('says so where nothing scores', () => {
    expect(reason({})).toBe('Nothing known yet that scores.');
  });

  it('names what speaks against a lead', () => {
    const profile = aProfile([aComponent([unitRule('email_opens', 20), flagRule('student', -10)])]);
    expect(score(profile, { email_opens: 1, student: true }).reason).toBe('Strong: email_opens. Against: student.');
  });

  it('does not change while a counter ticks up inside its band', () => {
    const facts = { title: 'Owner', enrollment: 3000 };
    const sentences = [10, 11, 25, 400].map((website_visits) => reason({ ...facts, website_visits }));
    expect(new Set(sentences).size).toBe(1);
  });

  it('changes a label only between its own bands: at most four sentences for any one counter', () => {
    const values = fc.record({
      email_clicks: fc.nat(9),
      content_downloads: fc.nat(9),
      title: fc.constantFrom('VP', 'Owner', ''),
    });
    fc.assert(
      fc.property(values, (others) => {
        // No trigger is crossed on the way: those do change the meaning.
        const quiet = { ...defaultMqlProfile, triggers: [] };
        const sentences = Array.from(
          { length: 60 },
          (_, visits) => score(quiet, { ...others, website_visits: visits }).reason,
        );
        expect(new Set(sentences).size).toBeLessThanOrEqual(4);
      }),
      { numRuns: 30 },
    );
  });

  it('holds no digits, and so no counts', () => {
    const count = fc.nat(500);
    fc.assert(
      fc.property(fc.record({ website_visits: count, email_opens: count, content_downloads: count }), (values) => {
        expect(reason(values)).not.toMatch(/\d/);
      }),
    );
  });

  it('fits into 255 characters, and is cut at a whole label', () => {
    const labels = Array.from({ length: 40 }, (_, index) => `Signal ${String.fromCodePoint(65 + index)}`);
    const rules = labels.map((label, index) => flagRule(`r${index}`, 1, { label, when: { of: 'fact', equals: true } }));
    const { reason: sentence } = score(aProfile([aComponent(rules)]), { fact: true });
    expect(sentence.length).toBeLessThanOrEqual(255);
    expect(sentence).toMatch(/^Slight: Signal A, .*, Signal .…$/);
  });

  it('is cut anywhere where one label alone is too long', () => {
    const rule = flagRule('fact', 1, { label: 'x'.repeat(300) });
    expect(score(aProfile([aComponent([rule])]), { fact: true }).reason).toHaveLength(255);
  });
});

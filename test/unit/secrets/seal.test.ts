import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SealingKey } from '../../../src/secrets/keys.ts';
import { createSealer } from '../../../src/secrets/seal.ts';

const key = (id: string): SealingKey => ({ id, bytes: randomBytes(32) });
const binding = { orgId: 'org-1', connectionId: 'connection-1' };
const secret = '{"accessToken":"pat-eu1-ü"}';

describe('sealing', () => {
  it('gives back what was sealed, and never seals to the same bytes twice', () => {
    const sealer = createSealer([key('a')]);
    const one = sealer.seal(secret, binding);
    const two = sealer.seal(secret, binding);
    expect(sealer.unseal(one, binding)).toBe(secret);
    expect(Buffer.from(one.bytes)).not.toEqual(Buffer.from(two.bytes));
    expect(Buffer.from(one.bytes).includes('pat-eu1')).toBe(false);
  });

  it('notices a change of any single byte', () => {
    const sealer = createSealer([key('a')]);
    const sealed = sealer.seal(secret, binding);
    for (let at = 0; at < sealed.bytes.length; at += 1) {
      const bytes = Uint8Array.from(sealed.bytes);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      expect(() => sealer.unseal({ ...sealed, bytes }, binding)).toThrow(/cannot be opened/);
    }
  });

  it('refuses truncated bytes', () => {
    const sealer = createSealer([key('a')]);
    const sealed = sealer.seal('', binding);
    expect(sealer.unseal(sealed, binding)).toBe('');
    expect(() => sealer.unseal({ ...sealed, bytes: sealed.bytes.subarray(0, 20) }, binding)).toThrow(
      /cannot be opened/,
    );
  });

  it('does not open for another organisation or another connection', () => {
    const sealer = createSealer([key('a')]);
    const sealed = sealer.seal(secret, binding);
    expect(() => sealer.unseal(sealed, { ...binding, orgId: 'org-2' })).toThrow(/cannot be opened/);
    expect(() => sealer.unseal(sealed, { ...binding, connectionId: 'connection-2' })).toThrow(/cannot be opened/);
  });

  it('does not open with another key of the same id, and names a key that is missing', () => {
    const sealed = createSealer([key('a')]).seal(secret, binding);
    expect(() => createSealer([key('a')]).unseal(sealed, binding)).toThrow(/wrong key/);
    expect(() => createSealer([key('b')]).unseal(sealed, binding)).toThrow(/key "a"/);
  });

  it('rotates: the new key seals, the old one still opens, reseal moves on', () => {
    const [old, fresh] = [key('old'), key('fresh')];
    const sealed = createSealer([old]).seal(secret, binding);
    const both = createSealer([fresh, old]);
    expect(both.unseal(sealed, binding)).toBe(secret);
    const moved = both.reseal(sealed, binding);
    expect(moved?.keyId).toBe('fresh');
    expect(createSealer([fresh]).unseal(moved ?? sealed, binding)).toBe(secret);
    expect(both.reseal(moved ?? sealed, binding)).toBeNull();
  });
});

describe('fingerprints', () => {
  it('recognise a secret, also after rotation, and say no to all else', () => {
    const [old, fresh] = [key('old'), key('fresh')];
    const mark = createSealer([old]).fingerprint(secret, binding);
    const both = createSealer([fresh, old]);
    expect(both.matches(mark, secret, binding)).toBe(true);
    expect(both.matches(mark, `${secret} `, binding)).toBe(false);
    expect(both.matches(mark, secret, { ...binding, connectionId: 'x' })).toBe(false);
    expect(createSealer([fresh]).matches(mark, secret, binding)).toBe(false);
    expect(both.matches('nonsense', secret, binding)).toBe(false);
  });
});

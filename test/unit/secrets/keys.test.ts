import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKeys, parseKeys } from '../../../src/secrets/keys.ts';

const text = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

describe('the text of keys', () => {
  it('keeps their order: the first one seals', () => {
    expect(parseKeys(`${text('b')}, ${text('a')}`, 'LEADLOOP_KEY').map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it.each([
    ['', /no key/],
    ['c2VjcmV0', /no id/],
    ['k1:c2VjcmV0', /6 bytes/],
    [`${text('a')},${text('a')}`, /"a" twice/],
  ])('refuses %j without repeating it', (keys, message) => {
    expect(() => parseKeys(keys, 'LEADLOOP_KEY')).toThrow(message);
    expect(() => parseKeys(keys, 'LEADLOOP_KEY')).not.toThrow(/c2VjcmV0/);
  });
});

describe('the key file', () => {
  let home: string;
  beforeEach(async () => {
    home = join(await mkdtemp(join(tmpdir(), 'leadloop-keys-')), 'home');
  });
  afterEach(() => rm(join(home, '..'), { recursive: true }));

  it('is made once, for its owner only, and then used again', async () => {
    const [first] = await loadKeys(home, null);
    const [again] = await loadKeys(home, null);
    expect(Buffer.from(again.bytes)).toEqual(Buffer.from(first.bytes));
    expect((await stat(join(home, 'key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(home)).toEqual(['key']);
  });

  it('is the same for processes that start at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => loadKeys(home, null)));
    expect(new Set(all.map(([key]) => Buffer.from(key.bytes).toString('hex'))).size).toBe(1);
  });

  it('holds what LEADLOOP_KEY holds, so that it can be moved there; the variable wins', async () => {
    const [fromFile] = await loadKeys(home, null);
    const keys = await loadKeys(home, `${text('new')},${await readFile(join(home, 'key'), 'utf8')}`);
    expect(keys.map(({ id }) => id)).toEqual(['new', fromFile.id]);
  });

  it('is refused while others can read it', async () => {
    await loadKeys(home, null);
    await chmod(join(home, 'key'), 0o644);
    await expect(loadKeys(home, null)).rejects.toThrow(/Other users/);
  });
});

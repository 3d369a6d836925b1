import { expect, test, vi } from 'vitest';
import { keepSlow } from '../../../src/http/api/keep-slow.ts';

const forever = (): Promise<void> => new Promise(() => undefined);

test('an answer that takes long is given again, and made anew behind the back of whoever asks later', async () => {
  let [clock, made] = [0, 0];
  const make = vi.fn<(key: string) => Promise<number>>(async () => {
    clock += 100;
    return (made += 1);
  });
  const keep = keepSlow<number>({ times: 100, clock: () => clock, patience: forever });
  const ask = (key: string) => keep(key, () => make(key));
  expect(await Promise.all([ask('acme'), ask('acme')])).toEqual([1, 1]);
  expect(await ask('acme')).toBe(1);
  expect(await ask('umbrella')).toBe(2);
  clock += 100 * 100;
  expect(await ask('acme')).toBe(1);
  await vi.waitFor(async () => expect(await ask('acme')).toBe(3));
  expect(make).toHaveBeenCalledTimes(3);
});

test('nobody waits longer than they have patience, and whoever asks again has the answer, or what went wrong', async () => {
  const made = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const make = vi.fn<(key: string) => Promise<number>>();
  for (const { promise } of made) make.mockReturnValueOnce(promise);
  let clock = 0;
  const keep = keepSlow<number>({ times: 100, clock: () => clock, patience: () => Promise.resolve() });
  const ask = (key: string) => keep(key, () => make(key));
  expect(await ask('acme')).toBe(null);
  made[0]!.reject(new Error('down'));
  await expect(made[0]!.promise).rejects.toThrow('down');
  await expect(ask('acme')).rejects.toThrow('down');
  expect(await ask('acme')).toBe(null);
  clock += 100;
  made[1]!.resolve(7);
  await vi.waitFor(async () => expect(await ask('acme')).toBe(7));
  expect(make).toHaveBeenCalledTimes(2);
});

test('one that comes at once is never kept, nor is a failure', async () => {
  const make = vi.fn<(key: string) => Promise<number>>(async () => 1);
  const keep = keepSlow<number>({ times: 100, clock: () => 0, patience: forever });
  const ask = (key: string) => keep(key, () => make(key));
  await ask('acme');
  make.mockRejectedValueOnce(new Error('down'));
  await expect(ask('acme')).rejects.toThrow('down');
  expect(await ask('acme')).toBe(1);
  expect(make).toHaveBeenCalledTimes(3);
});

// A password with a # in it, or a placeholder, ended with `internal` and "This is a bug of leadloop".
import { expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';

const read = (address: string) => () => readEnvironment({ DATABASE_URL: address });

it.each([
  'the address of the database',
  'postgres://leadloop:secret@db',
  'postgres://leadloop:se#cret@db/leadloop',
  'postgres://leadloop:se/cret@db/leadloop',
  'mysql://leadloop:secret@db/leadloop',
])('an address that names no database is a mistake in the configuration, not a bug of ours: %s', (address) => {
  expect(read(address)).toThrow(expect.objectContaining({ code: 'environment-invalid', recovery: 'fix-config' }));
  expect(read(address)).not.toThrow(/se.?cret/u);
});

it.each([
  'postgres://leadloop:se%23cret@db:5432/leadloop?sslmode=verify-full',
  'postgresql://leadloop@db/leadloop',
  'postgres:///leadloop?host=/var/run/postgresql',
  'postgres://leadloop@[::1]:5432/leadloop',
])('takes %s', (address) => {
  expect(read(address)().databaseUrl).toBe(address);
});

import { expect, test } from 'vitest';
import { failureOf } from '../../src/cli/failure.ts';

// PostgreSQL and JSON.parse quote the value that they refuse; a command prints its failure, and cron mails or keeps it.
test('a command that fails unexpectedly says where, and quotes nobody', () => {
  const { signal } = new AbortController();
  const failure = failureOf(new Error('invalid input syntax: "jane@acme.example"'), signal);
  expect(JSON.stringify(failure)).not.toContain('jane');
  expect(failure?.message).toContain('unexpected-failure-quotes-nobody.test.ts');
  expect(JSON.stringify(failureOf('jane@acme.example', signal))).not.toContain('jane');
});

import { describe, expect, it } from 'vitest';
import { toJson } from '../../../src/db/queries/json.ts';

describe('JSON for Postgres', () => {
  it('takes out what jsonb refuses: NUL and halves of surrogate pairs', () => {
    expect(JSON.parse(toJson({ name: 'A\0da', list: ['\ud83d', 'ok 😀'] }))).toEqual({
      name: 'Ada',
      list: ['�', 'ok 😀'],
    });
  });

  it('leaves a text alone that only talks about such characters', () => {
    expect(JSON.parse(toJson({ note: String.raw`\u0000 and \ud800` }))).toEqual({
      note: String.raw`\u0000 and \ud800`,
    });
  });
});

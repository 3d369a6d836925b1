import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../../src/cli/app-port.ts';
import { createProgress, formatProgress } from '../../../src/cli/progress.ts';

const event = (done: number, more: Partial<ProgressEvent> = {}): ProgressEvent => ({
  phase: 'pull',
  object: 'contacts',
  lane: 'full',
  done,
  total: 50_000,
  apiCalls: 125,
  ...more,
});

describe('a line of progress', () => {
  it('says what, how many, how fast, how long still, and what it cost', () => {
    expect(formatProgress(event(12_500), { elapsedMs: 10_000, fresh: 12_500 })).toBe(
      'pull contacts (full)  12,500 of 50,000  25 %  1,250/s  30 s left  125 calls',
    );
  });

  it('says no more than is known', () => {
    const unknown = event(300, { phase: 'push', lane: null, total: null, apiCalls: 1 });
    expect(formatProgress(unknown, { elapsedMs: 500, fresh: 300 })).toBe('push contacts  300  1 call');
    expect(formatProgress(event(0, { total: 0, apiCalls: 0 }), { elapsedMs: 5000, fresh: 0 })).toBe(
      'pull contacts (full)  0 of 0  0.0/s',
    );
  });

  it('of a file is told by its bytes', () => {
    const file = event(50_000, { phase: 'import', object: 'usage', lane: null, total: null, share: 0.25, apiCalls: 0 });
    expect(formatProgress(file, { elapsedMs: 10_000, fresh: 50_000 })).toBe(
      'import usage  50,000  25 %  5,000/s  30 s left',
    );
    expect(formatProgress({ ...file, share: null }, { elapsedMs: 10_000, fresh: 50_000 })).toBe(
      'import usage  50,000  5,000/s',
    );
    expect(formatProgress({ ...file, done: 0, share: 0 }, { elapsedMs: 10_000, fresh: 0 })).toBe(
      'import usage  0  0 %  0.0/s',
    );
  });

  it('takes the speed from what was done since it began, not from what a resumed pass had', () => {
    expect(formatProgress(event(40_000), { elapsedMs: 10_000, fresh: 100 })).toContain('10/s  17 min left');
  });
});

describe('progress', () => {
  function recorder(isTerminal: boolean) {
    const written: string[] = [];
    const clock = { ms: 0 };
    const progress = createProgress({
      write: (text) => written.push(text),
      isTerminal,
      width: () => 60,
      now: () => clock.ms,
    });
    return { written, clock, progress };
  }

  it('redraws one line of a terminal, ten times a second at most, and never wraps', () => {
    const { written, clock, progress } = recorder(true);
    for (let done = 0; done <= 1_000; done += 1) {
      clock.ms = done;
      progress.report(event(done));
    }
    progress.end();
    const lines = written.filter((text) => text.startsWith('\r'));
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.at(-1)).toContain('1,000 of 50,000');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60 + '\r\u001b[K'.length);
    expect(written.at(-1)).toBe('\n');
  });

  it('writes whole lines every few seconds elsewhere, and the last of each part', () => {
    const { written, clock, progress } = recorder(false);
    for (let second = 0; second <= 11; second += 1) {
      clock.ms = second * 1000;
      progress.report(event(second));
    }
    progress.report(event(1, { phase: 'push' }));
    progress.end();
    expect(written.map((line) => line.split('  ')[1])).toEqual([
      '0 of 50,000',
      '5 of 50,000',
      '10 of 50,000',
      '11 of 50,000',
      '1 of 50,000',
    ]);
    expect(written.every((line) => line.endsWith('\n'))).toBe(true);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';

/** What came faster is not kept; nor does anybody wait longer: of a thousand leads any number is there by then. Milliseconds. */
const fromMs = 50;

interface Entry<Answer> {
  readonly answer: Answer;
  readonly until: number;
}

export interface Keeping {
  /** So many times as long as an answer took it is kept. */
  readonly times: number;
  /** Milliseconds; left out = of this process. */
  readonly clock?: () => number;
  /** Resolves when nobody wants to wait any longer. */
  readonly patience?: () => Promise<void>;
}

/**
 * Answers that take long are given again for a while, and made anew behind the back of whoever asks then: of a million leads a
 * count is some seconds old, of a thousand never. Null = it is being made, and takes longer than anybody waits: ask again. What goes
 * wrong there the next one who asks is told; where an older answer is at hand they get that, and it is tried anew.
 */
export function keepSlow<Answer>({
  times,
  clock = () => performance.now(),
  patience = () => sleep(fromMs, undefined, { ref: false }),
}: Keeping): (key: string, make: () => Promise<Answer>) => Promise<Answer | null> {
  const entries = new Map<string, Entry<Answer>>();
  const under = new Map<string, Promise<Answer>>();
  const remake = (key: string, make: () => Promise<Answer>): Promise<Answer> => {
    const running = under.get(key);
    if (running !== undefined) return running;
    const startedAt = clock();
    const making = make().then((answer) => {
      const tookMs = clock() - startedAt;
      under.delete(key);
      if (tookMs < fromMs) entries.delete(key);
      else entries.set(key, { answer, until: clock() + tookMs * times });
      return answer;
    });
    under.set(key, making);
    // A failure stays until somebody has been told.
    making.catch(() => entries.delete(key));
    return making;
  };
  return async (key, make) => {
    const entry = entries.get(key);
    if (entry !== undefined) {
      if (entry.until <= clock()) void remake(key, make).catch(() => under.delete(key));
      return entry.answer;
    }
    try {
      return await Promise.race([remake(key, make), patience().then(() => null)]);
    } catch (error) {
      under.delete(key);
      throw error;
    }
  };
}

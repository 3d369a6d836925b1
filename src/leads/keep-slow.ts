/** So many times as long as an answer took it is kept; what came faster than this is not. */
const kept = { times: 100, fromMs: 50 } as const;

interface Entry<Answer> {
  readonly answer: Answer;
  readonly until: number;
}

/**
 * Answers that took long are given again for a while, and made anew behind the back of whoever asks then: of a million leads a
 * count is some seconds old, of a thousand never. `clock`: milliseconds.
 */
export function keepSlow<Answer>(
  make: (key: string) => Promise<Answer>,
  clock: () => number,
): (key: string) => Promise<Answer> {
  const entries = new Map<string, Entry<Answer>>();
  const under = new Map<string, Promise<Answer>>();
  const remake = (key: string): Promise<Answer> => {
    const running = under.get(key);
    if (running !== undefined) return running;
    const startedAt = clock();
    const making = make(key)
      .then((answer) => {
        const tookMs = clock() - startedAt;
        if (tookMs < kept.fromMs) entries.delete(key);
        else entries.set(key, { answer, until: clock() + tookMs * kept.times });
        return answer;
      })
      .finally(() => under.delete(key));
    under.set(key, making);
    return making;
  };
  return async (key) => {
    const entry = entries.get(key);
    if (entry === undefined) return remake(key);
    // Whoever waits for nothing is told nothing: the next one asks again.
    if (entry.until <= clock()) remake(key).catch(() => entries.delete(key));
    return entry.answer;
  };
}

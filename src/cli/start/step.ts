import type { Invocation } from '../command.ts';
import { plain } from '../style.ts';
import { renderStep } from './report.ts';

/** One line when a step is done: what it was, how long it took, what came out. */
export async function step<T>(
  { io }: Invocation,
  name: string,
  work: () => Promise<T>,
  say: (result: T) => string,
): Promise<T> {
  const began = performance.now();
  const result = await work();
  io.note(renderStep(name, performance.now() - began, say(result), plain));
  return result;
}

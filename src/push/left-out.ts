import type { Session } from '../connection.ts';
import { PermissionError } from '../connector-sdk/errors.ts';
import { AppError } from '../model/errors.ts';
import type { MappingProblem } from '../model/mapping.ts';

/** What was refused is not tried at every run: each try would leave its lines in the ledger. As old as a schema may be. */
const leftOutMs = 3_600_000;

type Refusal = Pick<MappingProblem, 'message' | 'remedy'>;

/**
 * Pushes an object that the others can do without. Where a right or a field is missing it is left out, and the problem says
 * so; null = it was pushed. What waits goes once it can.
 */
export async function pushUnlessLeftOut(
  { cache }: Session,
  { object, field }: Pick<MappingProblem, 'object' | 'field'>,
  push: () => Promise<void>,
): Promise<MappingProblem | null> {
  const key = `leadloop:left-out:${object}`;
  const known = await cache.through<Refusal | null>(key, leftOutMs, () => Promise.resolve(null));
  const refusal = known ?? (await refusalOf(push));
  if (refusal === null) return null;
  if (known === null) await cache.through(key, 0, () => Promise.resolve(refusal));
  return { object, field, direction: 'out', code: 'unwritable', severity: 'pauses', ...refusal };
}

async function refusalOf(push: () => Promise<void>): Promise<Refusal | null> {
  try {
    await push();
    return null;
  } catch (error) {
    const isRefused = error instanceof PermissionError || (error instanceof AppError && error.code === 'push-field');
    if (!isRefused) throw error;
    return { message: error.message, remedy: error.remedy };
  }
}

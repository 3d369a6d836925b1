import { ConnectorError } from './connector-sdk/errors.ts';
import { AppError } from './model/errors.ts';

/** Why a CRM could not be asked. */
export interface Unanswered {
  readonly message: string;
  readonly remedy: string;
}

const later = 'Try again in a minute; if it stays so, check the connection.';

/** The answer of a CRM, or why there is none. What is a fault of ours is thrown. */
export async function answerOf<T>(
  ask: () => Promise<T>,
): Promise<
  { readonly answer: T; readonly unanswered: null } | { readonly answer: null; readonly unanswered: Unanswered }
> {
  try {
    return { answer: await ask(), unanswered: null };
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    if (isTimeout) return { answer: null, unanswered: { message: 'The CRM takes too long to answer.', remedy: later } };
    if (!(error instanceof ConnectorError || error instanceof AppError)) throw error;
    return { answer: null, unanswered: { message: error.message, remedy: error.remedy === '' ? later : error.remedy } };
  }
}

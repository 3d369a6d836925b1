/** What has to happen before it can work again. */
export type Recovery = 'retry' | 'reauthorise' | 'reset-cursor' | 'fix-config' | 'report-bug';

/** Exit codes of the command line (stable: scripts depend on them). */
export const exitCodes = { done: 0, failed: 1, usage: 2, partial: 3, tryLater: 75 } as const;

interface AppErrorOptions extends ErrorOptions {
  readonly recovery: Recovery;
  /** What the reader can do about it, as an imperative sentence. */
  readonly remedy: string;
  readonly exitCode?: number;
}

/** Where an error that nobody expected comes from, and its kind: its message may quote a person's data, and is left out. */
export function placeOf(error: unknown): string {
  const [name, frame = 'an unknown place'] = stackOf(error);
  return `${name} in ${frame}`;
}

/** The kind of an error, then the places that led to it, innermost first. Its message is left out, as in `placeOf`. */
export function stackOf(error: unknown): string[] {
  if (!(error instanceof Error)) return ['not an error'];
  return [error.name, ...[...(error.stack ?? '').matchAll(/^\s+at (.*)$/gmu)].map(([, frame = '']) => frame)];
}

/**
 * An error of the application. `code` is stable and kebab-case; `message` and `remedy` are safe to show and to log: they
 * carry no personal data and no secret.
 */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly code: string;
  readonly recovery: Recovery;
  readonly remedy: string;
  readonly exitCode: number;

  constructor(code: string, message: string, options: AppErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.recovery = options.recovery;
    this.remedy = options.remedy;
    this.exitCode = options.exitCode ?? (options.recovery === 'fix-config' ? exitCodes.usage : exitCodes.failed);
  }
}

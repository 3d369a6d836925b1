import { ConnectorError, QuotaExhaustedError, RateLimitError } from '../connector-sdk/index.ts';
import { AppError, exitCodes, placeOf, type Recovery } from '../model/errors.ts';
import type { ExitCode } from './command.ts';
import type { Style } from './style.ts';

/** A failure as people and scripts see it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly recovery: Recovery;
  readonly remedy: string;
  /** The CRM's id of the failed request, for its support. */
  readonly requestId: string | null;
  /** ISO 8601; null where nothing says when to try again. */
  readonly nextTryAt: string | null;
  readonly exitCode: ExitCode;
}

/** Null = the command was interrupted, which is no failure to explain. */
export function failureOf(error: unknown, signal: AbortSignal): Failure | null {
  if (signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError')))
    return null;
  if (error instanceof AppError) return ofApp(error);
  if (error instanceof ConnectorError) return ofConnector(error);
  return {
    code: 'internal',
    // Not its words, which may quote somebody's data: what a command says ends in the log of whatever runs it.
    message: `Something unexpected happened: ${placeOf(error)}.`,
    recovery: 'report-bug',
    remedy: 'This is a bug of leadloop. Report it with this line.',
    requestId: null,
    nextTryAt: null,
    exitCode: exitCodes.failed,
  };
}

function ofApp({ code, message, recovery, remedy, exitCode }: AppError): Failure {
  const known = Object.values(exitCodes).find((each) => each === exitCode) ?? exitCodes.failed;
  return { code, message, recovery, remedy, requestId: null, nextTryAt: null, exitCode: known };
}

function ofConnector(error: ConnectorError): Failure {
  const { code, message, recovery, requestId } = error;
  return {
    code,
    message,
    recovery,
    remedy: error.remedy === '' ? remedies[recovery] : error.remedy,
    requestId,
    nextTryAt: error instanceof QuotaExhaustedError ? error.resetAt.toISOString() : null,
    exitCode:
      error instanceof QuotaExhaustedError || error instanceof RateLimitError ? exitCodes.tryLater : exitFor(recovery),
  };
}

/** Where no limit is the cause: what must be mended in the configuration is 2, all else 1. */
export function exitFor(recovery: Recovery): ExitCode {
  return recovery === 'fix-config' ? exitCodes.usage : exitCodes.failed;
}

const remedies: Readonly<Record<Recovery, string>> = {
  retry: 'Run the command again; it goes on where it stopped.',
  reauthorise: 'Renew the credentials where the configuration refers to, then run: leadloop apply',
  'reset-cursor': 'Run it again: it reads the object from its beginning.',
  'fix-config': 'Run: leadloop check',
  'report-bug': 'Run it again with LOG_LEVEL=debug and report what it says.',
};

export function renderFailure(failure: Omit<Failure, 'exitCode'>, style: Style): string {
  const lines = [
    `${style.bad('error')} ${failure.message} ${style.dim(`[${failure.code}]`)}`,
    failure.remedy === '' ? '' : `${style.bold('remedy')} ${failure.remedy}`,
    failure.nextTryAt === null ? '' : `${style.bold('not before')} ${failure.nextTryAt}`,
    failure.requestId === null ? '' : style.dim(`request id of the CRM: ${failure.requestId}`),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

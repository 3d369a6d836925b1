import type { ConnectionCheck } from '../check.ts';
import type { Problem } from '../config/problems.ts';
import { AppError, exitCodes } from '../model/errors.ts';

/** The settings of a connection cannot be used; each fault with its place. */
export class InvalidSettings extends AppError {
  /** `path`: such as /quota/dailyShare. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];

  constructor(problems: readonly Pick<Problem, 'path' | 'message' | 'remedy'>[]) {
    super('settings-invalid', 'These settings cannot be used as they are.', {
      recovery: 'fix-config',
      remedy: 'Correct what is named; nothing has been changed.',
    });
    this.errors = problems.map(({ path, message, remedy }) => ({
      path: pointerOf(path),
      message: `${message}. ${remedy}`.trim(),
    }));
  }
}

/** `quota.dailyShare`, `pull.objects[1]` → /quota/dailyShare, /pull/objects/1 */
function pointerOf(path: string): string {
  return `/${path.replaceAll('[', '.').replaceAll(']', '').replaceAll('.', '/')}`;
}

/** The CRM was asked before anything was stored, and something was found. */
export class FoundWanting extends AppError {
  readonly check: ConnectionCheck;

  constructor(check: ConnectionCheck) {
    const failure = check.findings.find(({ level }) => level === 'failure');
    if (failure === undefined)
      super('connection-doubtful', 'The CRM lets leadloop in, but not everything will work.', {
        recovery: 'fix-config',
        remedy: 'Put right what is named, or save it all the same.',
      });
    else
      super('connection-refused', failure.message, {
        recovery: 'reauthorise',
        remedy: failure.remedy === '' ? 'Put right what is named, then try again.' : failure.remedy,
      });
    this.check = check;
  }
}

/** A person waits for what the CRM says. */
export const patienceMs = 60_000;

export function silentCrm(): AppError {
  return new AppError('crm-silent', 'The CRM has not answered within a minute.', {
    recovery: 'retry',
    remedy: 'Check the address; where it is right, try again in a while.',
  });
}

export function unknownConnection(name: string): AppError {
  return new AppError('connection-unknown', `There is no connection "${name.slice(0, 63)}" here.`, {
    recovery: 'fix-config',
    remedy: 'Look at the list of connections: somebody may have deleted it.',
  });
}

export function existingConnection(name: string): AppError {
  return new AppError('connection-exists', `There is a connection "${name}" already.`, {
    recovery: 'fix-config',
    remedy: 'Choose another name, or change the one that there is.',
  });
}

export function staleConnection(): AppError {
  return new AppError('version-stale', 'It was changed meanwhile, by somebody else or in another window.', {
    recovery: 'fix-config',
    remedy: 'Load it again, and make the change on what is there now.',
  });
}

export function busyConnection(name: string): AppError {
  return new AppError('run-active', `A run of "${name}" is under way.`, {
    recovery: 'retry',
    remedy: 'Pause the connection, wait until the run has ended, and delete it then.',
    exitCode: exitCodes.tryLater,
  });
}

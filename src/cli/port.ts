import { AppError } from '../model/errors.ts';
import type { Invocation } from './command.ts';

/** `--port`; null = not given. */
export function portOf(options: Invocation['options']): number | null {
  const text = options['port'];
  if (typeof text !== 'string') return null;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new AppError('usage', `"${text}" is no port.`, {
    recovery: 'fix-config',
    remedy: 'Give a number from 0 to 65535.',
  });
}

import { once } from 'node:events';
import { createServer } from 'node:net';
import { isInUse, portInUse } from '../http/server.ts';
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

/**
 * For whoever has long work to do before the port is needed.
 * @throws AppError `port-in-use` (fix-config)
 */
export async function refuseTakenPort(port: number): Promise<void> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    throw isInUse(error) ? portInUse(port) : error;
  }
  probe.close();
  await once(probe, 'close');
}

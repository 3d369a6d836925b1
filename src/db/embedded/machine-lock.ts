import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a first start on a slow disk, crash recovery included. */
const patienceMs = 180_000;

/**
 * One process of this machine at a time works on `subject`; the others wait. A listening socket is the lock, because the
 * kernel closes it with its process: after `kill -9` there is nothing stale to clean up.
 */
export async function lockMachine(subject: string, signal?: AbortSignal): Promise<AsyncDisposable> {
  const path = socketPath(subject);
  const deadline = Date.now() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    const held = await listen(path);
    if (held !== null) return held;
    if (Date.now() > deadline) throw new Error(`another process has been starting ${subject} for three minutes`);
    await removeIfDead(path);
    await sleep(25);
  }
}

/** Linux has sockets without a file (the leading NUL); elsewhere the file outlives its process. */
function socketPath(subject: string): string {
  const name = `leadloop-${createHash('sha256').update(subject).digest('hex').slice(0, 24)}`;
  return platform() === 'linux' ? `\0${name}` : join(tmpdir(), name);
}

async function listen(path: string): Promise<AsyncDisposable | null> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(path, () => {
      server.unref();
      resolve({
        [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())),
      });
    });
  });
}

async function removeIfDead(path: string): Promise<void> {
  if (path.startsWith('\0')) return;
  const isDead = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(!socket.destroy()));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
  if (isDead) await rm(path, { force: true });
}

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: 'starting' | 'ready' | 'stopping';
}

/**
 * The live server of a data directory, from its `postmaster.pid`:
 * https://www.postgresql.org/docs/current/storage-file-layout.html. null when there is none, also after a power loss, when
 * the file is there but its process is gone, or is another one that got the same number.
 */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const lines = await readFile(join(data, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  );
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (!(await runsOn(pid, data))) return null;
  const status = lines[7]?.trim();
  return { pid, port: Number(lines[3]), status: status === 'ready' || status === 'stopping' ? status : 'starting' };
}

/** Whether a stale `postmaster.pid` names a process of somebody else: PostgreSQL would refuse to start because of it. */
export async function isHeldByStranger(data: string): Promise<boolean> {
  const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
  return pid > 0 && (await commandLine(pid)).length > 0 && !(await runsOn(pid, data));
}

const runsOn = async (pid: number, data: string): Promise<boolean> => (await commandLine(pid)).includes(data);

/** Empty for a process that is gone or a zombie. The postmaster keeps its arguments; only its children rewrite theirs. */
async function commandLine(pid: number): Promise<string[]> {
  if (platform() === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text.split('\0').filter((part) => part !== '');
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', `${pid}`]).catch(() => ({ stdout: '' }));
  return stdout
    .trim()
    .split(/ -[Dpc] ?/)
    .filter((part) => part !== '');
}

// `npm run smoke`: does `npm start` come up, say that it is ready, and go away when told to? Twice, because the second start
// meets the state of the first. Its own LEADLOOP_HOME and no secrets, so a developer's state and CRMs are left alone.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { line, root } from './run.mjs';

// `npm start` begins a line with this word when the first scores are back in the CRM.
const ready = /^ready\b/m;
const limitSeconds = { ready: 300, end: 30 };

const {
  DATABASE_URL: _database,
  HUBSPOT_TOKEN: _token,
  SF_SECRET: _secret,
  LEADLOOP_KEY: _key,
  ...environment
} = process.env;
const home = mkdtempSync(join(tmpdir(), 'leadloop-smoke-'));
const counts = { passed: 0, failed: 0 };
for (const name of ['first start', 'second start']) {
  const began = performance.now();
  const problem = await start();
  const seconds = (performance.now() - began) / 1000;
  console.log(line(problem === null, name, seconds, problem ?? 'ready, then stopped by SIGTERM'));
  counts[problem === null ? 'passed' : 'failed'] += 1;
  if (problem !== null) break;
}
rmSync(home, { recursive: true, force: true });
process.exitCode = counts.failed === 0 ? 0 : 1;
console.log(`${counts.passed} passed, ${counts.failed} failed`);

/** Resolves with what went wrong, or null. */
async function start() {
  // A process group of its own: npm, the shell and node all get the signal, as with Ctrl-C.
  const child = spawn('npm', ['start'], {
    cwd: root,
    detached: true,
    env: { ...environment, LEADLOOP_HOME: home, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const isReady = new Promise((resolve) => {
    let text = '';
    const look = (chunk) => {
      process.stdout.write(chunk);
      text += chunk;
      if (ready.test(text)) resolve('ready');
    };
    child.stdout.setEncoding('utf8').on('data', look);
    child.stderr.setEncoding('utf8').on('data', look);
  });
  const first = await Promise.race([isReady, ended, sleep(limitSeconds.ready * 1000, 'late', { ref: false })]);
  if (first === 'late' || first === 'ready') signal(child.pid, 'SIGTERM');
  else return `ended with code ${first} before it was ready`;

  const last = await Promise.race([ended, sleep(limitSeconds.end * 1000, 'late', { ref: false })]);
  const isGone = await gone(child.pid);
  if (!isGone) signal(child.pid, 'SIGKILL');
  if (first === 'late') return `not ready after ${limitSeconds.ready} s`;
  if (last === 'late') return `did not stop within ${limitSeconds.end} s of SIGTERM`;
  return isGone ? null : 'left a process behind';
}

// The last of the group may need a moment after its pipes have closed, until somebody has taken note of its end.
async function gone(group) {
  for (let tries = 0; tries < 50; tries += 1) {
    if (signal(group, 0) === 'gone') return true;
    await sleep(100);
  }
  return false;
}

function signal(group, name) {
  try {
    process.kill(-group, name);
    return 'sent';
  } catch {
    return 'gone';
  }
}

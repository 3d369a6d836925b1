// Runs before every npm script (`prestart`, `pretest`, …) and makes sure that node_modules is what package-lock.json says, and
// that the console is built.
// It runs on a fresh clone under whatever Node the machine has, so: no dependency, no syntax newer than Node 20.
// It speaks on stderr only, because `npm run -s leadloop -- … --json` owns stdout.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buildWeb, isWebBuilt } from './build-web.mjs';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const oldestNode = 20;

const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8')).packages;

/**
 * npm writes node_modules/.package-lock.json as its last step, so it is the stamp of a finished install. Versions are
 * compared, not dates: a checkout changes dates, and whoever ran `npm install` by hand need not install again.
 */
function isReady() {
  const stamp = 'node_modules/.package-lock.json';
  // Made by the install script of the package `node`: absent where install scripts are switched off.
  if (!existsSync(join(root, stamp)) || !existsSync(join(root, 'node_modules/node/bin/node'))) return false;
  const installed = read(stamp);
  return Object.entries(read('package-lock.json')).every(
    // Optional packages are those of other platforms.
    ([path, wanted]) => path === '' || wanted.optional || installed[path]?.version === wanted.version,
  );
}

function install() {
  // Not `npm ci`, which empties node_modules first: this installs the difference, so a half-finished install is finished
  // and a daemon that runs from this folder keeps its files. That the result is what the lock says is checked below.
  const args = ['install', '--no-save', '--include=dev', '--no-audit', '--loglevel=error'];
  console.error('setup: installing packages (npm install); the first time this takes about a minute …');
  const began = Date.now();
  // Without node_modules/.bin, whose `node` is being replaced.
  const PATH = process.env.PATH.split(delimiter)
    .filter((dir) => !dir.includes('node_modules'))
    .join(delimiter);
  const { status, error } = spawnSync('npm', args, {
    cwd: root,
    env: { ...process.env, PATH },
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0 && isReady()) {
    console.error(`setup: done in ${((Date.now() - began) / 1000).toFixed(0)} s`);
    return;
  }
  fail(
    error ? `npm could not be started: ${error.message}.` : `npm ended with code ${status}; its message is above.`,
    'Check the network and the registry (npm ping), that install scripts are allowed (npm config get ignore-scripts says ' +
      'false) and that the disk has 1 GB free; then delete node_modules and run the command again.',
  );
}

function fail(problem, remedy) {
  console.error(`setup failed: ${problem}\n  remedy: ${remedy}`);
  process.exit(1);
}

if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  fail(
    `Node ${process.versions.node} is too old.`,
    `Install Node ${oldestNode} or newer; leadloop brings its own Node 24 along.`,
  );
}
if (!isReady()) install();
if (!isWebBuilt()) {
  console.error('setup: building the console …');
  try {
    buildWeb();
  } catch (error) {
    fail(error.message, 'Correct what it names.');
  }
}

// Finds a Chromium for the browser tests, or installs Debian's. Tests get its path in CHROMIUM_PATH.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root, run } from './run.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const remedy =
  'Install Chromium or Chrome, or set CHROMIUM_PATH to its executable, or run: npx playwright-core install --with-deps chromium';

/** The path of an executable; null when no test needs a browser. Throws with a remedy when there is none to be had. */
export async function chromium() {
  if (!needed()) return null;
  const present = await find();
  if (present !== null) return present;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new Error(`No Chromium found. ${remedy}`);

  console.log('installing Chromium (apt-get install chromium) …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run(['apt-get', 'update', '-qq'], { env });
  const { output, seconds } = await run(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
    env,
  });
  const installed = await find();
  if (installed === null) throw new Error(`${output}\nChromium could not be installed. ${remedy}`);
  console.log(`Chromium is there after ${seconds.toFixed(0)} s`);
  return installed;
}

const needed = () =>
  globSync('test/**/*.ts', { cwd: root }).some((file) =>
    readFileSync(join(root, file), 'utf8').includes('playwright-core'),
  );

async function find() {
  const own = process.env.CHROMIUM_PATH;
  if (own) {
    if (existsSync(own)) return own;
    throw new Error(`CHROMIUM_PATH names ${own}, which does not exist. ${remedy}`);
  }
  for (const dir of process.env.PATH.split(delimiter)) {
    for (const name of names) if (existsSync(join(dir, name))) return join(dir, name);
  }
  const { chromium: downloaded } = await import('playwright-core');
  return existsSync(downloaded.executablePath()) ? downloaded.executablePath() : null;
}

// The console's files in dist/web, where they are older than what they are made of. Runs under whatever Node the machine has,
// like setup.mjs: no dependency, no syntax newer than Node 20; Vite itself runs on the Node that leadloop brings along.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const page = join(root, 'dist/web/index.html');
const parts = ['src/web', 'src/http/api', 'package-lock.json'];

const madeAt = (path) => statSync(join(root, path)).mtimeMs;

function newest(path) {
  if (!statSync(join(root, path)).isDirectory()) return madeAt(path);
  return Math.max(...readdirSync(join(root, path), { recursive: true }).map((file) => madeAt(join(path, file))));
}

export const isWebBuilt = () => existsSync(page) && statSync(page).mtimeMs > Math.max(...parts.map(newest));

/** @throws Error with what Vite has said. */
export function buildWeb() {
  const args = [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--config', 'src/web/vite.config.ts'];
  const node = join(root, 'node_modules/node/bin/node');
  const { status, stdout, stderr } = spawnSync(node, [...args, '--logLevel', 'warn'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the console cannot be built:\n${stdout}${stderr}`);
}

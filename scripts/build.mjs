// `npm run build`: dist/ has the same inner tree as the source, so relative positions stay right. tsc writes the JavaScript;
// Vite the console; this script copies what neither knows (samples) and makes the command executable.
import { chmodSync, copyFileSync, existsSync, globSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildWeb } from './build-web.mjs';
import { root, run } from './run.mjs';

const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });

const { code, output, seconds } = await run(['tsc', '-p', 'tsconfig.build.json']);
if (code !== 0) {
  console.error(output);
  process.exit(1);
}

const assets = globSync('{src,connectors}/**/*.*', { cwd: root }).filter(
  (path) => !path.startsWith('src/web/') && !/\.(ts|tsx|md)$/.test(path) && statSync(join(root, path)).isFile(),
);
for (const asset of assets) {
  mkdirSync(dirname(join(dist, asset)), { recursive: true });
  copyFileSync(join(root, asset), join(dist, asset));
}

buildWeb();

const command = join(dist, 'src/cli/main.js');
if (existsSync(command)) chmodSync(command, 0o755);
console.log(`built dist/ in ${seconds.toFixed(1)} s, ${assets.length} assets`);

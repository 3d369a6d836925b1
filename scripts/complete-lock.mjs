// `npm run lock`, after every change of a dependency. npm leaves optional packages of other platforms out of
// package-lock.json when it could not see them (a mirror for one platform, an existing node_modules: npm/cli#4828). `npm ci`
// then refuses the lock, and on a Mac the tools miss their native half. This adds them: the exact version from the package
// that asks for it, the platform from the name. With --check it only reports.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const file = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));

const systems = /\b(aix|android|darwin|freebsd|linux|openharmony|sunos|win32)\b/;
const processors = /\b(arm64|arm|ia32|ppc64|riscv64|s390x|x64)\b/;
const libraries = { gnu: 'glibc', musl: 'musl' };

function entry(name, version, dev) {
  const words = name.split('/').at(-1);
  const [, os] = systems.exec(words) ?? [];
  const [, cpu] = processors.exec(words) ?? [];
  if (!os || !cpu || !/^\d/.test(version)) throw new Error(`${name}@${version}: not a package of one platform`);
  const libc = os === 'linux' ? libraries[/gnu|musl/.exec(words)?.[0]] : undefined;
  return { version, cpu: [cpu], ...(dev && { dev }), ...(libc && { libc: [libc] }), optional: true, os: [os] };
}

const added = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {}, dev }]) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => !lock.packages[`${path}/node_modules/${name}`] && !lock.packages[`node_modules/${name}`])
    .map(([name, version]) => [`node_modules/${name}`, entry(name, version, dev)]),
);

if (process.argv.includes('--check')) {
  if (added.length > 0) console.log(`package-lock.json lacks ${added.length} platform packages; remedy: npm run lock`);
  process.exitCode = added.length > 0 ? 1 : 0;
} else if (added.length > 0) {
  const [first, ...rest] = Object.entries({ ...lock.packages, ...Object.fromEntries(added) });
  lock.packages = Object.fromEntries([first, ...rest.toSorted(([a], [b]) => a.localeCompare(b, 'en'))]);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${added.length} platform packages added`);
}

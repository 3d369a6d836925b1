// `npm run check:dockerfile`: plays the Dockerfile without an engine. Stages become folders; COPY and the npm steps of RUN are
// carried out, then the entry point must answer `--help` from what the last stage holds, alone and with CMD, and the health check
// must tell a process that answers from one that does not. Slow: it installs from nothing.
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { line, root, run } from './run.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'leadloop-image-'));
const text = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ');
const steps = text
  .split('\n')
  .filter(Boolean)
  .map((step) => /^(\w+)\s+(.*)$/.exec(step).slice(1));

const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n').filter(Boolean);
const isIgnored = new Set(
  ignored.flatMap((pattern) => globSync(pattern, { cwd: root })).map((path) => join(root, path)),
);
const copyContext = (from, to) => cpSync(from, to, { recursive: true, filter: (path) => !isIgnored.has(path) });

let stage = '';
let workdir = '';
let entry = [];
let command = [];
let healthCheck = [];
const inStage = (path) => join(scratch, stage, path.startsWith('/') ? path : join(workdir, path));
const failures = [];

for (const [word, rest] of steps) {
  if (word === 'FROM') stage = / AS (\w+)$/i.exec(rest)?.[1] ?? 'final';
  if (word === 'WORKDIR') mkdirSync(join(scratch, stage, (workdir = rest)), { recursive: true });
  if (word === 'COPY') copy(rest.split(/\s+/));
  if (word === 'RUN' && rest.startsWith('npm ')) await step(rest.split(' '));
  if (word === 'ENTRYPOINT') entry = JSON.parse(rest);
  if (word === 'CMD') command = JSON.parse(rest);
  if (word === 'HEALTHCHECK') healthCheck = JSON.parse(/ CMD (.*)$/.exec(rest)?.[1] ?? '[]');
}
const last = (name) => steps.findLast(([word]) => word === name)?.[1] ?? '';
// By a name Kubernetes cannot tell whether it is root.
if (!(Number(last('USER').split(':')[0]) > 0)) failures.push('the image runs as root, or as a user without a number');
if (last('STOPSIGNAL') !== 'SIGTERM') failures.push('the image is not stopped by SIGTERM, at which the daemon drains');
checkLabels(last('LABEL'));
await step([...entry, '--help']);
await step([...entry, ...command, '--help']);
if (healthCheck.length === 0) failures.push('the image has no health check');
else await checkHealthCheck();

rmSync(scratch, { recursive: true, force: true });
for (const failure of failures) console.log(failure);
console.log(`${failures.length === 0 ? '1 passed, 0' : `0 passed, ${failures.length}`} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

function copy(words) {
  const from = /^--from=(\w+)$/.exec(words[0])?.[1];
  const [sources, target] = [words.slice(from ? 1 : 0, -1), words.at(-1)];
  for (const source of sources) {
    const origin = from ? join(scratch, from, source) : join(root, source);
    if (!existsSync(origin)) failures.push(`COPY ${source}: does not exist`);
    else if (from)
      cpSync(origin, inStage(target.endsWith('/') ? join(target, source.split('/').at(-1)) : target), {
        recursive: true,
        verbatimSymlinks: true,
      });
    else copyContext(origin, inStage(source === '.' ? target : join(target, source)));
  }
}

function checkLabels(labels) {
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const [name, value] of Object.entries({ title: 'leadloop', version, licenses: license })) {
    if (!labels.includes(`org.opencontainers.image.${name}="${value}"`))
      failures.push(`the label ${name} is not ${value}`);
  }
}

/** Against a server that stands in for the daemon: it lives, it is ill, it is gone. On the port that the image exposes. */
async function checkHealthCheck() {
  if (failures.length > 0) return;
  const port = `:${last('EXPOSE')}/`;
  if (!healthCheck.some((word) => word.includes(port)))
    return failures.push(`the health check does not ask port ${port}`);
  let status = 200;
  const server = createServer((_request, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const asked = healthCheck.map((word) => word.replace(port, `:${server.address().port}/`));
  const codes = [(await run(asked)).code];
  status = 503;
  codes.push((await run(asked)).code);
  server.close();
  server.closeAllConnections();
  codes.push((await run(asked)).code);
  console.log(line(codes.join() === '0,1,1', 'health check', 0, `alive, ill, gone: ${codes.join()}`));
  if (codes.join() !== '0,1,1') failures.push(`the health check ends with ${codes.join()}, not with 0,1,1`);
}

async function step(command) {
  if (failures.length > 0) return;
  // `node` is ours, which is the image's major version, whatever the machine has.
  const { code, output, seconds } = await run(command, { cwd: inStage('.'), env: { CI: 'true' } });
  console.log(line(code === 0, command.join(' ').slice(0, 60), seconds));
  if (code !== 0) failures.push(`${command.join(' ')} failed:\n${output}`);
}

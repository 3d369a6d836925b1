import { execFile, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { globSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ServeOptions } from '../../../src/cli/app-port.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { defaultGraceMs, rolesOf } from '../../../src/daemon.ts';
import { defaultHttpPort } from '../../../src/http/server.ts';
import {
  commandLines,
  compose,
  containersOf,
  imageCommand,
  imageInstruction,
  manifestErrors,
  manifestFiles,
  pods,
  readText,
  resources,
  unitSettings,
} from '../../support/deployment.ts';
import { run } from '../cli/support.ts';

const root = resolve(import.meta.dirname, '../../..');
const { postgres, ...ours } = compose.services;

/** After the grace for runs: page, queue and pool are closed. */
const closingMs = 5_000;

/** Names of environment variables that the program or Node itself reads. */
function variablesRead(): ReadonlySet<string> {
  const read = new Set(['NODE_ENV', 'NODE_OPTIONS']);
  readEnvironment(new Proxy({}, { get: (_none, name) => void read.add(String(name)) }));
  return read;
}

/** Paths that the server answers, as they are written in its source. */
function routes(): ReadonlySet<string> {
  const sources = globSync('src/http/**/*.ts', { cwd: root }).map(readText).join('\n');
  return new Set([...sources.matchAll(/\.get\(\s*'([^']+)'/gu)].map(([, path]) => path ?? ''));
}

const secret = /PASSWORD|KEY|TOKEN|SECRET|DATABASE_URL|ALERT_URL/u;
const grace = (text: string | undefined): number => Number(text?.replace(/s$/u, '')) * 1_000;

/** What a command line asks of the daemon. */
async function wishOf(line: readonly string[]): Promise<ServeOptions | null> {
  let wish: ServeOptions | null = null;
  const { code, err } = await run(line.join(' '), {
    serve: async (options) => void (wish = options),
    migrate: async () => [],
    apply: async () => [],
  });
  expect({ line, code, err }).toMatchObject({ code: 0 });
  return wish;
}

const serving = Object.entries(commandLines).filter(([, [command]]) => command === 'serve');

/** What LEADLOOP_PUBLIC_URL is where somebody serves. */
const publicUrls = new Map<string, string | undefined>([
  ...Object.entries(ours).map(
    ([name, { environment }]) => [`compose ${name}`, environment['LEADLOOP_PUBLIC_URL']] as const,
  ),
  ...pods.flatMap((pod) =>
    containersOf(pod.spec).map(({ name, env = [] }) => {
      const value = env.find((one) => one.name === 'LEADLOOP_PUBLIC_URL')?.value;
      return [`${pod.name}/${name}`, value] as const;
    }),
  ),
]);

describe('every deployment', () => {
  test('runs commands with options that leadloop has', async () => {
    expect(Object.keys(commandLines).length).toBeGreaterThanOrEqual(10);
    for (const line of Object.values(commandLines)) await wishOf(line);
  });

  test.each(serving)('%s: roles exist, and a console that others reach says by which address', async (where, line) => {
    const { roles = null, host = null, port = null } = (await wishOf(line)) ?? {};
    const isIn = rolesOf(roles);
    if (host !== null && host !== '127.0.0.1' && isIn('console')) expect(publicUrls.get(where)).toMatch(/https?:\/\//u);
    expect(port ?? defaultHttpPort).toBe(defaultHttpPort);
  });

  test.each(['compose', 'leadloop-', 'systemd'])('%s: all that there is to do is done by somebody', async (where) => {
    const wishes = await Promise.all(
      serving.filter(([name]) => name.startsWith(where)).map(([, line]) => wishOf(line)),
    );
    for (const role of ['scheduler', 'worker', 'api', 'hooks'] as const)
      expect(wishes.some((wish) => rolesOf(wish?.roles ?? null)(role))).toBe(true);
  });

  test('gives the daemon more time to end than it takes', () => {
    const leastMs = defaultGraceMs + closingMs;
    expect(grace(unitSettings('TimeoutStopSec')[0])).toBeGreaterThanOrEqual(leastMs);
    for (const { stop_grace_period: given, command } of Object.values(ours))
      if (command?.[0] === 'serve') expect(grace(given)).toBeGreaterThanOrEqual(leastMs);
    for (const { spec } of pods)
      if (spec.containers[0]?.args[0] === 'serve')
        expect((spec.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThanOrEqual(leastMs);
    for (const signal of [imageInstruction('STOPSIGNAL'), ...unitSettings('KillSignal')])
      expect(signal).toBe('SIGTERM');
  });

  test('sets no variable that nobody reads', () => {
    const set = [
      ...Object.values(ours).flatMap(({ environment }) => Object.keys(environment)),
      ...pods.flatMap(({ spec }) => containersOf(spec).flatMap(({ env = [] }) => env.map(({ name }) => name))),
      ...Object.keys(resources.find(({ metadata }) => metadata.name === 'leadloop')?.stringData ?? {}),
      ...unitSettings('Environment').map((text) => text.split('=')[0] ?? ''),
      ...imageInstruction('ENV')
        .split(' ')
        .map((text) => text.split('=')[0] ?? ''),
    ];
    expect(set.length).toBeGreaterThan(20);
    expect(set.filter((name) => !variablesRead().has(name))).toEqual([]);
  });

  test('has no secret in it', () => {
    const files = ['compose.yaml', 'Dockerfile', '.env.example', ...globSync('config/deploy/**/*.*', { cwd: root })];
    expect(files.length).toBeGreaterThanOrEqual(7);
    for (const file of files) {
      const text = readText(file);
      expect(text, file).not.toMatch(/\b(?:[0-9a-f]{32,}|[A-Za-z0-9+/]{40,}=*|pat-\w+-\w+|xox\w-\w+)\b/u);
      expect(text, file).not.toMatch(/postgres:\/\/[^\s:]+:(?!\$\{|…)[^\s@]+@/u);
    }
    for (const environment of Object.values(compose.services).map((one) => one.environment))
      for (const [name, value] of Object.entries(environment))
        if (secret.test(name)) expect(value, name).toMatch(/\$\{[A-Z_]+:(?:\?.+|-)\}/u);
    for (const { name, value = '', valueFrom } of pods.flatMap(({ spec }) =>
      containersOf(spec).flatMap(({ env = [] }) => env),
    ))
      if (secret.test(name)) expect([value, valueFrom?.secretKeyRef.key]).toEqual(['', name]);
    for (const { stringData = {} } of resources)
      for (const value of Object.values(stringData)) expect(value).toMatch(/^<[a-z ]+>$/u);
  });
});

describe('the image', () => {
  test('runs as a user with a number, who is not root', () => {
    expect(Number(imageInstruction('USER').split(':')[0])).toBeGreaterThan(0);
    expect(imageInstruction('EXPOSE')).toBe(String(defaultHttpPort));
  });

  test('asks its own process whether it lives, at a path and a port that there are', async () => {
    const [program = '', flag, script = ''] = imageCommand(imageInstruction('HEALTHCHECK'));
    const address = /http:\/\/127\.0\.0\.1:(\d+)(\/\w+)/u.exec(script);
    expect([program, flag, Number(address?.[1])]).toEqual(['node', '-e', defaultHttpPort]);
    expect(routes()).toContain(address?.[2]);
    const answers = { code: 200 };
    const server = createServer((_request, response) => response.writeHead(answers.code).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const here = script.replace(`:${defaultHttpPort}/`, `:${(server.address() as AddressInfo).port}/`);
    const ask = async (): Promise<number> =>
      new Promise((done) => {
        execFile(process.execPath, ['-e', here], (error) => done(error === null ? 0 : Number(error.code)));
      });
    expect(await ask()).toBe(0);
    answers.code = 503;
    expect(await ask()).toBe(1);
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    expect(await ask()).toBe(1);
  });
});

describe('compose.yaml', () => {
  test('does not start without its secrets, and .env.example names them without a value', () => {
    const example = new Map(
      [...readText('.env.example').matchAll(/^(\w+)=(.*)$/gmu)].map(([, name = '', value]) => [name, value]),
    );
    expect([...example.values()].filter((value) => value !== '')).toEqual([]);
    const asked = [...readText('compose.yaml').matchAll(/\$\{(\w+)(:\?)?/gu)];
    const required = new Set(asked.filter(([, , needed]) => needed).map(([, name]) => name));
    expect(required).toEqual(new Set(['LEADLOOP_KEY', 'POSTGRES_PASSWORD']));
    for (const name of required) expect(example.has(name ?? '')).toBe(true);
    const configured = readText('config/leadloop.yaml').matchAll(/env: (\w+)/gu);
    const used = new Set([...asked, ...configured].map(([, name]) => name));
    expect([...example.keys()].filter((name) => !used.has(name))).toEqual([]);
  });

  test('migrates, applies, and only then starts; two workers', () => {
    const waits = Object.entries(ours).map(([name, one]) => [name, Object.entries(one.depends_on ?? {})]);
    const done = { condition: 'service_completed_successfully' };
    expect(Object.fromEntries(waits)).toEqual({
      migrate: [['postgres', { condition: 'service_healthy' }]],
      apply: [['migrate', done]],
      http: [['apply', done]],
      worker: [['apply', done]],
    });
    expect(ours['worker']?.deploy?.replicas).toBe(2);
    expect([ours['migrate']?.restart, ours['apply']?.restart]).toEqual(['no', 'no']);
  });

  test('keeps the database on a volume, and the secrets of CRMs from the daemons', () => {
    expect(postgres?.healthcheck?.test).toContain('pg_isready');
    for (const volume of postgres?.volumes ?? []) expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '');
    expect(postgres?.volumes).toHaveLength(1);
    const readers = Object.entries(ours).filter(([, one]) => one.env_file !== undefined);
    expect(readers.map(([name]) => name)).toEqual(['apply']);
    for (const one of Object.values(ours)) expect([one.read_only, one.cap_drop]).toEqual([true, ['ALL']]);
    for (const port of ours['http']?.ports ?? [])
      expect(port).toMatch(new RegExp(`^127.0.0.1:.*:${defaultHttpPort}$`, 'u'));
  });
});

describe('the Kubernetes manifests', () => {
  test('are there, can be read, and leave the namespace to whoever applies them', () => {
    expect(manifestErrors).toEqual([]);
    expect(manifestFiles.length).toBeGreaterThanOrEqual(3);
    const kinds = new Set(resources.map(({ kind }) => kind));
    for (const kind of ['Deployment', 'Job', 'Secret', 'Service', 'PodDisruptionBudget', 'NetworkPolicy'])
      expect(kinds).toContain(kind);
    expect(resources.filter(({ metadata }) => metadata.namespace !== undefined)).toEqual([]);
  });

  test.each(pods)('$name runs with no more rights than it needs', ({ spec }) => {
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    for (const one of containersOf(spec)) {
      expect(one.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(one.volumeMounts.map(({ mountPath }) => mountPath)).toContain('/var/lib/leadloop');
      expect([one.resources.requests, one.resources.limits.memory]).toEqual([expect.anything(), expect.any(String)]);
    }
  });

  test('ask at paths that there are, and give a busy process half a minute at least', () => {
    const daemons = pods.flatMap(({ spec }) => spec.containers).filter(({ args }) => args[0] === 'serve');
    expect(daemons).toHaveLength(2);
    for (const { startupProbe, livenessProbe, readinessProbe, ports } of daemons) {
      for (const probe of [startupProbe, livenessProbe, readinessProbe])
        expect(routes()).toContain(probe?.httpGet.path);
      expect(livenessProbe?.httpGet.path).not.toBe(readinessProbe?.httpGet.path);
      expect((livenessProbe?.periodSeconds ?? 0) * (livenessProbe?.failureThreshold ?? 0)).toBeGreaterThanOrEqual(30);
      expect(ports).toEqual([{ name: 'http', containerPort: defaultHttpPort }]);
    }
    for (const { metadata } of pods.filter(({ name }) => name !== 'leadloop-prepare')) {
      expect(metadata.annotations?.['prometheus.io/port']).toBe(String(defaultHttpPort));
      expect(routes()).toContain(metadata.annotations?.['prometheus.io/path']);
    }
  });

  test('select pods that there are, and the secrets that the example has', () => {
    const labels = pods.map(({ metadata }) => metadata.labels);
    for (const { kind, metadata, spec } of resources) {
      const wanted = spec?.podSelector?.matchLabels ?? spec?.selector?.matchLabels ?? spec?.selector;
      if (wanted === undefined) continue;
      const hits = labels.filter((one) => Object.entries(wanted).every(([name, value]) => one[name] === value));
      expect(hits.length, `${kind} ${metadata.name}`).toBeGreaterThan(0);
    }
    const secrets = new Map(resources.filter(({ kind }) => kind === 'Secret').map((one) => [one.metadata.name, one]));
    const variables = pods.flatMap(({ spec }) => containersOf(spec).flatMap(({ env = [] }) => env));
    for (const { valueFrom } of variables) {
      const { name, key, optional = false } = valueFrom?.secretKeyRef ?? { name: '', key: '', optional: true };
      if (optional) continue;
      expect(secrets.get(name)?.stringData).toHaveProperty(key);
    }
    const whole = pods.flatMap(({ spec }) => containersOf(spec).flatMap(({ envFrom = [] }) => envFrom));
    for (const { secretRef } of whole) expect(secrets.has(secretRef.name)).toBe(true);
  });
});

/** Not every machine has it. */
const analyser = 'systemd-analyze';

test('the systemd unit says what systemd understands', ({ skip }) => {
  const file = resolve(root, 'config/deploy/systemd/leadloop.service');
  const { error, stderr } = spawnSync(analyser, ['verify', file], { encoding: 'utf8' });
  if (error !== undefined) skip(`there is no ${analyser} here`);
  // It ends well whatever it does not know, and tells of other units and of a program that is elsewhere on this machine.
  const complaints = stderr
    .split('\n')
    .filter((line) => line.includes('leadloop') && !line.includes('is not executable'));
  expect(complaints).toEqual([]);
});

import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** What somebody runs leadloop with, read as their tools read it: Dockerfile, compose.yaml, manifests, unit. */

const root = resolve(import.meta.dirname, '../..');
export const readText = (file: string): string => readFileSync(join(root, file), 'utf8');

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold: number;
}

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef: { readonly name: string; readonly key: string; readonly optional?: boolean };
  };
}

export interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly Variable[];
  readonly envFrom?: readonly { readonly secretRef: { readonly name: string } }[];
  readonly resources: { readonly requests: object; readonly limits: { readonly memory: string } };
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly mountPath: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

export interface Pod {
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext: object;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
}

type Labels = Readonly<Record<string, string>>;

interface PodTemplate {
  readonly metadata: { readonly labels: Labels; readonly annotations?: Labels };
  readonly spec: Pod;
}

export interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly stringData?: Labels;
  readonly spec?: {
    readonly replicas?: number;
    /** Of a Service the labels themselves. */
    readonly selector?: { readonly matchLabels?: Labels };
    readonly podSelector?: { readonly matchLabels: Labels };
    readonly ingress?: readonly { readonly ports: readonly { readonly port: number }[] }[];
    readonly template?: PodTemplate;
  };
}

export interface ComposeService {
  readonly command?: readonly string[];
  readonly environment: Labels;
  readonly env_file?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period?: string;
  readonly restart: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: {
    readonly replicas?: number;
    readonly resources: { readonly limits: { readonly memory: string } };
  };
}

export const compose = parse(readText('compose.yaml'), { merge: true }) as {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

export const manifestFiles = globSync('config/deploy/kubernetes/*.yaml', { cwd: root });
const documents = manifestFiles.flatMap((file) => [...parseAllDocuments(readText(file))]);
export const manifestErrors = documents.flatMap(({ errors }) => errors);
export const resources = documents.map((document) => document.toJS() as Resource);

const unitText = readText('config/deploy/systemd/leadloop.service');

/** Every value of a key of the unit. */
export function unitSettings(key: string): string[] {
  return unitText
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1));
}

/** What the last stage of the Dockerfile says, which is what the image is. */
export function imageInstruction(word: string): string {
  const text = readText('Dockerfile').replaceAll('\\\n', ' ');
  const lines = text.slice(text.lastIndexOf('\nFROM ')).split('\n');
  return lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1) ?? '';
}

/** The exec form: a list. */
export const imageCommand = (instruction: string): string[] =>
  JSON.parse(instruction.slice(instruction.indexOf('['))) as string[];

export function containersOf({ initContainers = [], containers }: Pod): Container[] {
  return [...initContainers, ...containers];
}

export const pods = resources.flatMap(({ metadata, spec }) =>
  spec?.template === undefined ? [] : [{ name: metadata.name, ...spec.template }],
);

const own = Object.entries(compose.services).filter(([name]) => name !== 'postgres');

/** Every command line of ours that somebody's machine runs, without the program, by where it stands. */
export const commandLines: Readonly<Record<string, readonly string[]>> = Object.fromEntries([
  ['Dockerfile', imageCommand(imageInstruction('CMD'))],
  ...own.map(([name, { command = [] }]) => [`compose ${name}`, command]),
  ...pods.flatMap(({ name, spec }) => containersOf(spec).map((one) => [`${name}/${one.name}`, one.args])),
  ...['ExecStartPre', 'ExecStart'].flatMap((key) =>
    unitSettings(key).map((line) => [`systemd ${key}`, line.split('dist/src/cli/main.js ')[1]?.split(' ') ?? []]),
  ),
]);

import type { Environment } from '../config/environment.ts';
import type { exitCodes } from '../model/errors.ts';
import type { App, ProgressEvent } from './app-port.ts';
import type { Style } from './style.ts';

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What a command has to do with the world apart from the application. */
export interface Io {
  /** The answer: rendered for people, or with --json the value itself as one JSON document. */
  answer<T>(value: T, render: (value: T, style: Style) => string): void;
  /** A remark for people, on stderr; silent with --json. */
  note(text: string): void;
  /** Work that reports how far it is: on stderr, silent with --json, and at an end before the answer or the error. */
  reporting<T>(work: (onProgress: (event: ProgressEvent) => void) => Promise<T>): Promise<T>;
}

export interface Invocation {
  readonly arguments: readonly (string | undefined)[];
  readonly options: Readonly<Record<string, unknown>>;
  /** --config */
  readonly configFile: string;
  readonly environment: Environment;
  readonly io: Io;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

interface CommandHelp {
  /** As commander takes it: `sync <connection>`. */
  readonly usage: string;
  readonly summary: string;
  /** Paragraphs below the summary. */
  readonly description: string;
  readonly options?: readonly (readonly [flags: string, description: string])[];
  readonly examples: readonly string[];
  /** Of the log on stderr where LOG_LEVEL is not set; `warn` where left out. */
  readonly logLevel?: 'info';
}

/** A command of its own right, or one that needs the application (database, connectors) opened for it. */
export type Command = CommandHelp &
  (
    | { readonly run: (app: App, invocation: Invocation) => Promise<ExitCode> }
    | { readonly runAlone: (invocation: Invocation) => Promise<ExitCode> }
  );

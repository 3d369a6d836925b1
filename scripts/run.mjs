// How the other scripts start a program: tools of node_modules first on PATH, nothing on stdin, output kept or shown.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/**
 * Resolves with the exit code, the output (both streams as they came), stdout alone and the seconds; never rejects.
 * `show` passes the output on while it runs.
 */
export function run(command, { cwd = root, env = {}, show = false } = {}) {
  const began = performance.now();
  return new Promise((resolve) => {
    const [program, ...args] = command;
    const PATH = join(root, 'node_modules/.bin') + delimiter + process.env.PATH;
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let stdout = '';
    const keep = (stream) => (chunk) => {
      output += chunk;
      if (stream === process.stdout) stdout += chunk;
      if (show) stream.write(chunk);
    };
    const end = (code) => resolve({ code, output, stdout, seconds: (performance.now() - began) / 1000 });
    child.stdout.setEncoding('utf8').on('data', keep(process.stdout));
    child.stderr.setEncoding('utf8').on('data', keep(process.stderr));
    child.on('error', (error) => {
      output += `${program}: ${error.message}\n`;
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/** One line of a report: `ok    lint          1.2 s  note`. */
export function line(good, name, seconds, note = '') {
  return `${good ? 'ok  ' : 'FAIL'}  ${name.padEnd(22)} ${seconds.toFixed(1).padStart(6)} s  ${note}`.trimEnd();
}

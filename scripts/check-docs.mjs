// What the documents say must be so: links lead somewhere, docs/errors.md lists exactly the error codes of the code,
// decision records and CONTRIBUTING stay short.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { root } from './run.mjs';

const problems = [];
const read = (file) => readFileSync(join(root, file), 'utf8');
const documents = globSync(
  ['*.md', 'docs/**/*.md', 'connectors/**/*.md', 'config/**/*.md', 'src/**/*.md', 'test/**/*.md'],
  {
    cwd: root,
  },
);

// Links. Addresses on the web are not followed: a check must not depend on other people's servers.
const withoutCode = (text) => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
const anchors = (file) =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
for (const document of documents) {
  const links = [...withoutCode(read(document)).matchAll(/\]\(([^)\s]+)[^)]*\)|(?:src|srcset|href)="([^"]+)"/g)];
  for (const target of links.map(([, markdown, html]) => markdown ?? html)) {
    if (/^[a-z]+:/i.test(target)) continue;
    const [path, anchor] = target.split('#');
    const file = path === '' ? join(root, document) : resolve(root, dirname(document), path);
    if (!existsSync(file)) problems.push(`${document}: ${target} does not exist`);
    else if (anchor && file.endsWith('.md') && !anchors(file).includes(anchor)) {
      problems.push(`${document}: ${target} has no such heading`);
    }
  }
}

// Error codes, both ways, with recovery and exit code. Codes are literals in the code, so that a reader can search for them.
const exits = { done: 0, failed: 1, usage: 2, partial: 3, tryLater: 75 };
const inCode = new Map();
const note = (code, recovery, exit) =>
  inCode.set(code, `${recovery}, exit ${exits[exit] ?? (recovery === 'fix-config' ? exits.usage : exits.failed)}`);
const sources = globSync(['src/**/*.ts', 'connectors/**/*.ts'], { cwd: root });
for (const file of sources.filter((path) => !path.startsWith('src/sandbox/'))) {
  const source = read(file);
  for (const [call, code] of source.matchAll(/new AppError\(\s*(?:'([a-z-]+)')?/g)) {
    if (code === undefined) problems.push(`${file}: the code in "${call.trim()}…" is not a literal`);
  }
  for (const { 1: code, index } of source.matchAll(/(?:new AppError|super)\(\s*'([a-z]+(?:-[a-z]+)+)'/g)) {
    const rest = source.slice(index + code.length).split(/\n\}\n|new AppError/)[0];
    note(code, /\brecovery: '([a-z-]+)'/.exec(rest)?.[1], /\bexitCode: exitCodes\.(\w+)/.exec(rest)?.[1]);
  }
  const connectorErrors = /readonly recovery = '([a-z-]+)';\s*override readonly code = '([a-z-]+)'/g;
  for (const [, recovery, code] of source.matchAll(connectorErrors)) {
    note(code, recovery, code === 'crm-quota-exhausted' ? 'tryLater' : undefined);
  }
}
const rows = [...read('docs/errors.md').matchAll(/^\| `([a-z-]+)` *\|[^|]*\| *([a-z-]+) *\|.*\| *(\d+) *\|$/gm)];
const documented = new Map(rows.map(([, code, recovery, exit]) => [code, `${recovery}, exit ${exit}`]));
for (const [code, actual] of inCode) {
  const written = documented.get(code);
  if (written === undefined) problems.push(`docs/errors.md: lacks ${code} (${actual})`);
  else if (written !== actual) problems.push(`docs/errors.md: ${code} says ${written}; the code says ${actual}`);
}
for (const code of documented.keys()) {
  if (!inCode.has(code)) problems.push(`docs/errors.md: ${code} is not in the code`);
}

// Length is a promise to the reader.
const limits = {
  'CONTRIBUTING.md': 60,
  ...Object.fromEntries(globSync('docs/decisions/*.md', { cwd: root }).map((file) => [file, 40])),
};
for (const [file, most] of Object.entries(limits)) {
  const lines = read(file).trimEnd().split('\n').length;
  if (lines > most) problems.push(`${file}: ${lines} lines, at most ${most}`);
}

for (const problem of problems) console.log(problem);
console.log(`${documents.length} documents, ${inCode.size} error codes, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

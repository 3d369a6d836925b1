/** `npm run bench`: what leadloop costs, beside what it would cost at least. Explained in docs/benchmarks.md. */
import { parseArgs } from 'node:util';
import { countCalls } from './api-calls.ts';
import { measureEngine } from './engine.ts';
import { measureMemory } from './memory.ts';
import { measurePull } from './pull-contacts.ts';
import { describe, type Figures } from './report.ts';
import { measureRescore } from './rescore.ts';
import { startServer } from './scene.ts';

const sections = ['engine', 'pull', 'calls', 'memory', 'rescore'] as const;
type Section = (typeof sections)[number];

const usage = `npm run bench -- [options]
  --contacts <n>          contacts of pull and calls (default 10000)
  --memory-contacts <n>   contacts of the memory curve (default 100000)
  --leads <n>             leads of the rescore (default 100000)
  --only <section>        ${sections.join(', ')}; may be given more than once
  --json                  one JSON document instead of the table`;

const { values } = parseArgs({
  options: {
    contacts: { type: 'string', default: '10000' },
    'memory-contacts': { type: 'string', default: '100000' },
    leads: { type: 'string', default: '100000' },
    only: { type: 'string', multiple: true, default: [...sections] },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(usage);
} else {
  const figures = await measureAll();
  console.log(values.json ? JSON.stringify(figures, null, 2) : describe(figures));
}

async function measureAll(): Promise<Figures> {
  const start = performance.now();
  const say = (line: string): void =>
    console.error(`${((performance.now() - start) / 1_000).toFixed(0).padStart(4)} s  ${line}`);
  const contacts = wholeNumber(values.contacts);
  const runs = (section: Section): boolean => values.only.includes(section);
  await using server = await startServer();
  // The server is a process of its own, and would outlive us.
  const stop = (): void => {
    // What was under way fails now, and that is no news.
    process.on('uncaughtException', () => undefined);
    void server[Symbol.asyncDispose]().then(() => process.exit(1));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  say('PostgreSQL is up');
  return {
    engineMicros: runs('engine') ? measureEngine(200_000) : null,
    pull: runs('pull') ? await measurePull(server, contacts, say) : null,
    calls: runs('calls') ? await countCalls(server, contacts, say) : null,
    memory: runs('memory') ? await measureMemory(server, wholeNumber(values['memory-contacts']), say) : null,
    rescore: runs('rescore') ? await measureRescore(server, wholeNumber(values.leads), say) : null,
  };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${text} is no whole number.\n${usage}`);
}

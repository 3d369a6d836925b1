/** `npm run bench`: what leadloop costs, beside what it would cost at least. Explained in docs/benchmarks.md. */
import { parseArgs } from 'node:util';
import { countCalls } from './api-calls.ts';
import { measureConsole } from './console.ts';
import { type CrmName, crmNames, isCrmName } from './crms.ts';
import { measureDashboard } from './dashboard.ts';
import { measureEngine } from './engine.ts';
import { measureImport } from './import.ts';
import { measureMemory } from './memory.ts';
import type { OrgSize } from './made-org.ts';
import { measurePull } from './pull-people.ts';
import { measurePush } from './push-people.ts';
import { type CrmFigures, describe, type Figures } from './report.ts';
import { measureRescore } from './rescore.ts';
import { type BenchServer, startServer } from './scene.ts';
import { measureSignupRescore } from './signups.ts';

const sections = [
  'engine',
  'pull',
  'calls',
  'push',
  'memory',
  'rescore',
  'signups',
  'dashboard',
  'import',
  'console',
] as const;
type Section = (typeof sections)[number];

const usage = `npm run bench -- [options]
  --crm <name>           ${crmNames.join(' or ')}; may be given more than once (default: all)
  --people <n>           people of pull, calls and push (default 10000)
  --memory-people <n>    people of the memory curve (default 100000)
  --leads <n>            leads of the rescore (default 100000)
  --signups <n>          signups of the product rescore (default 100000)
  --dashboard-signups <n>  signups behind the dashboard (default 1000000)
  --usage-rows <n>       rows of the import (default 1000000)
  --console-leads <n>    leads behind the pages of the console (default 1000000)
  --console-signups <n>  those of them who are signups (default 50000)
  --only <section>       ${sections.join(', ')}; may be given more than once
  --json                 one JSON document instead of the table`;

const { values } = parseArgs({
  options: {
    crm: { type: 'string', multiple: true, default: [...crmNames] },
    people: { type: 'string', default: '10000' },
    'memory-people': { type: 'string', default: '100000' },
    leads: { type: 'string', default: '100000' },
    signups: { type: 'string', default: '100000' },
    'dashboard-signups': { type: 'string', default: '1000000' },
    'usage-rows': { type: 'string', default: '1000000' },
    'console-leads': { type: 'string', default: '1000000' },
    'console-signups': { type: 'string', default: '50000' },
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
  const names = values.crm.map(crmNamed);
  await using server = await startServer();
  // The server is a process of its own, and would outlive us.
  const stop = (): void => {
    // What was under way fails now, and that is no news.
    process.on('uncaughtException', () => undefined);
    void server[Symbol.asyncDispose]().then(() => process.exit(1));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  say('PostgreSQL is up');
  const measured: Partial<Record<CrmName, CrmFigures>> = {};
  for (const name of names) measured[name] = await measureCrm(server, name, say);
  return {
    engineMicros: runs('engine') ? measureEngine(200_000) : null,
    crms: measured,
    rescore: runs('rescore') ? await measureRescore(server, wholeNumber(values.leads), say) : null,
    signups: runs('signups') ? await measureSignupRescore(server, wholeNumber(values.signups), say) : null,
    dashboard: runs('dashboard') ? await measureDashboard(server, wholeNumber(values['dashboard-signups']), say) : null,
    console: runs('console') ? await measureConsole(server, orgSize(), say) : null,
    usageImport: runs('import') ? await measureImport(server, wholeNumber(values['usage-rows']), say) : null,
  };
}

function orgSize(): OrgSize {
  return { leads: wholeNumber(values['console-leads']), signups: wholeNumber(values['console-signups']) };
}

async function measureCrm(server: BenchServer, name: CrmName, say: (line: string) => void): Promise<CrmFigures> {
  const size = { people: wholeNumber(values.people), say };
  return {
    pull: runs('pull') ? await measurePull(server, name, size) : null,
    calls: runs('calls') ? await countCalls(server, name, size) : null,
    push: runs('push') ? await measurePush(server, name, size) : null,
    memory: runs('memory')
      ? await measureMemory(server, name, { people: wholeNumber(values['memory-people']), say })
      : null,
  };
}

function runs(section: Section): boolean {
  return values.only.includes(section);
}

function crmNamed(name: string): CrmName {
  if (isCrmName(name)) return name;
  throw new Error(`There is no CRM called ${name}.\n${usage}`);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${text} is no whole number.\n${usage}`);
}

import type { App, AppOptions, Explanation, SyncReport } from '../../../src/cli/app-port.ts';
import { runCommandLine } from '../../../src/cli/program.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { noCounts } from '../../../src/model/run.ts';
import { defaultMqlProfile } from '../../../src/scoring/defaults.ts';
import { compileProfile } from '../../../src/scoring/compile.ts';
import { scoreLead } from '../../../src/scoring/score.ts';

export const report: SyncReport = {
  runId: 'run-1',
  connection: 'acme-hubspot',
  status: 'succeeded',
  counts: { ...noCounts, pulled: 1200, scored: 30, apiCalls: 14 },
  objects: [{ object: 'contacts', lane: 'live', records: 1200, calls: 12 }],
  problems: [],
  paused: null,
  failure: null,
  nextTryAt: null,
};

const at = new Date('2026-11-22T10:00:00Z');
const values = { email_opens: 3, website_visits: 4, title: 'Director', lead_score: 0 };
const breakdown = scoreLead(
  compileProfile(defaultMqlProfile),
  { leadId: 'lead-1', values, events: [], baseline: null },
  at,
);

export const explanation: Explanation = {
  lead: {
    id: 'lead-1',
    name: 'Jane \u001b[31mDoe',
    email: 'jane@district.example',
    companyName: 'District 9',
    title: 'Director',
    status: 'engaged',
    segment: 'SMB',
    mqlAt: null,
  },
  breakdowns: [breakdown],
  triggers: defaultMqlProfile.triggers,
  facts: { ...values, lead_score: breakdown.total },
  product: { signups: [], account: null },
  transitions: [{ leadId: 'lead-1', from: 'new', to: 'engaged', at, cause: { type: 'engagement' }, episode: 0 }],
  events: [{ type: 'email_open', occurredAt: at, quantity: 3, detail: null }],
  sources: [{ connection: 'acme-hubspot', object: 'contacts', externalId: '501', modifiedAt: at, goneAt: null }],
  pushes: [
    {
      connection: 'acme-hubspot',
      object: 'contacts',
      externalId: '501',
      state: 'pending',
      wanted: { leadloop_score: 24, leadloop_segment: 'SMB' },
      remote: { leadloop_score: 20, leadloop_segment: 'SMB' },
      lastError: null,
    },
  ],
};

function notAsked(): never {
  throw new Error('this test does not ask for it');
}

/** An application that answers only what a test gives it. */
function appWith(answers: Partial<App>): App {
  return {
    migrate: notAsked,
    settings: notAsked,
    apply: notAsked,
    export: notAsked,
    check: notAsked,
    sync: notAsked,
    plan: notAsked,
    push: notAsked,
    explain: notAsked,
    rejected: { list: notAsked, retry: notAsked },
    import: notAsked,
    importSource: notAsked,
    tokens: { create: notAsked, list: notAsked, revoke: notAsked },
    accounts: { invite: notAsked, link: notAsked, list: notAsked },
    scorePreview: notAsked,
    scoreRun: notAsked,
    pause: notAsked,
    resume: notAsked,
    status: notAsked,
    doctor: notAsked,
    showcase: notAsked,
    serve: notAsked,
    [Symbol.asyncDispose]: async () => undefined,
    ...answers,
  };
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly opened: readonly AppOptions[];
}

export async function run(
  line: string,
  answers: Partial<App> = {},
  signal = new AbortController().signal,
  variables: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const said = { out: '', err: '' };
  const opened: AppOptions[] = [];
  const code = await runCommandLine(line.split(' '), {
    out: { write: (text: string) => (said.out += text) },
    err: { write: (text: string) => (said.err += text) },
    environment: () => readEnvironment(variables),
    signal,
    openApp: async (options) => {
      opened.push(options);
      return appWith(answers);
    },
  });
  return { code, ...said, opened };
}

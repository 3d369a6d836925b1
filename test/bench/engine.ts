/** The scoring engine alone: pure computation, no database. */
import type { LeadFacts } from '../../src/model/score.ts';
import { compileProfile } from '../../src/scoring/compile.ts';
import { defaultMqlProfile } from '../../src/scoring/defaults.ts';
import { scoreLead } from '../../src/scoring/score.ts';

const titles = ['Superintendent', 'Director of Technology', 'Teacher', 'Chief Information Officer', null];
const distinct = 1_000;

/** Microseconds of CPU a lead, warm. */
export function measureEngine(leads: number): number {
  const profile = compileProfile(defaultMqlProfile);
  const at = new Date();
  const facts = Array.from({ length: distinct }, (_, index) => factsOf(index));
  const run = (count: number): void => {
    for (let index = 0; index < count; index += 1) scoreLead(profile, facts[index % distinct]!, at);
  };
  run(leads / 10);
  const before = process.cpuUsage();
  run(leads);
  return process.cpuUsage(before).user / leads;
}

function factsOf(index: number): LeadFacts {
  return {
    leadId: `lead-${index}`,
    values: {
      title: titles[index % titles.length] ?? null,
      enrollment: (index * 7_919) % 60_000,
      website_visits: index % 40,
      content_downloads: index % 7,
      email_opens: index % 25,
      email_clicks: index % 9,
      demo_requested: index % 11 === 0,
    },
    events: [],
    baseline: null,
  };
}

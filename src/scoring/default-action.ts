import type { ActionLine, ActionTemplate, Condition } from '../model/profile.ts';

const line = (when: Condition | null, say: string): ActionLine => ({ when, say });

const isTier = (tier: string): Condition => ({ of: 'plg_tier', equals: tier });
const hasSignal = (type: string): Condition => ({ of: `signals.${type}`, atLeast: 1 });

/** Uses it as a company would, under a private address. */
const isSomebodyElsewhere: Condition = {
  all: [
    { of: 'is_company_email', equals: false },
    {
      any: [
        { of: 'team_member_count', atLeast: 3 },
        { of: 'api_calls_30d', atLeast: 100_000 },
      ],
    },
  ],
};

/** Where rules about data decide what may be bought. */
const isRegulated: Condition = {
  any: ['financ', 'bank', 'insurance', 'health', 'pharma', 'government'].map((part) => ({
    of: 'industry',
    contains: part,
  })),
};

/** In the spirit of the seed's example: who it is, why it is now, what to do. */
export const defaultAction: ActionTemplate = {
  who: [
    line(
      {
        all: [
          { of: 'team_member_count', atLeast: 3 },
          { of: 'api_call_growth_pct', atLeast: 50 },
        ],
      },
      'Champion is highly active ({team_member_count} team members, {api_call_growth_pct}% API growth).',
    ),
    line({ of: 'team_member_count', atLeast: 3 }, 'Champion works in a team of {team_member_count}.'),
    line({ of: 'api_calls_30d', atLeast: 10_000 }, 'Champion is active ({api_calls_30d} API calls a month).'),
    line({ of: 'project_count', atLeast: 1 }, 'Champion is trying it out.'),
    line({ of: 'project_count', known: true }, 'Signed up and has not started yet.'),
    line(null, 'Recent usage is not known.'),
  ],
  whyNow: [
    line(hasSignal('tech_migration'), '{title.tech_migration}: a window for migration.'),
    line(hasSignal('funding'), '{title.funding}: a new budget.'),
    line(hasSignal('hiring'), '{title.hiring}: the team is growing.'),
    line({ of: 'api_call_growth_pct', atLeast: 100 }, 'Usage has doubled within a month.'),
    line(hasSignal('news'), 'In the news: {title.news}.'),
  ],
  whatToDo: [
    line(isSomebodyElsewhere, 'Private address: ask {champion_first_name} which company it is for.'),
    line(isSomebodyElsewhere, 'Private address: ask which company it is for.'),
    line(isTier('monitor'), 'No action yet.'),
    line(
      { all: [{ of: 'plg_tier', in: ['hot', 'warm'] }, isRegulated] },
      'Reach out to {champion_first_name}, offer to connect with {decision_maker} for a compliance and security conversation.',
    ),
    line(isTier('hot'), 'Reach out to {champion_first_name}, offer to connect with {decision_maker}.'),
    line(isTier('hot'), 'Reach out to {champion_first_name} this week and ask who decides.'),
    line(isTier('hot'), 'Reach out this week and ask who decides.'),
    line(isTier('warm'), 'Write to {champion_first_name} and ask what {decision_maker} would need to see.'),
    line(isTier('warm'), 'Write to {champion_first_name} and ask who decides.'),
    line(isTier('warm'), 'Write to them and ask who decides.'),
    line({ of: 'billing_tier', equals: 'free' }, 'Show {champion_first_name} what a paid plan adds.'),
    line(null, 'Stay in touch with {champion_first_name}.'),
    line(null, 'Stay in touch.'),
  ],
};

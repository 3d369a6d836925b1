import type { Component, Condition, Rule, ScoringProfile, SegmentRule } from '../model/profile.ts';
import { defaultAction } from './default-action.ts';

// The same profiles stand in config/profiles/, with comments for those who change them; a test holds the two together.

function perUnit(id: string, label: string, of: string, [points, cap]: readonly [number, number]): Rule {
  return { type: 'per-unit', id, label, of, points, cap, decay: null };
}

function tier(id: string, label: string, of: string, steps: readonly (readonly [number, number])[]): Rule {
  return {
    type: 'tier',
    id,
    label,
    of,
    cap: null,
    decay: null,
    steps: steps.map(([atLeast, points]) => ({ atLeast, points })),
  };
}

function flag(id: string, label: string, when: Condition, points: number): Rule {
  return { type: 'flag', id, label, cap: null, decay: null, when, points };
}

function match(id: string, label: string, of: string, ranks: readonly (readonly [number, readonly string[]])[]): Rule {
  const words = ranks.flatMap(([points, phrases]) => phrases.map((phrase) => ({ phrase, points })));
  return { type: 'match', id, label, of, cap: null, decay: null, words };
}

const segments: readonly SegmentRule[] = [
  {
    segment: 'Enterprise',
    when: {
      any: [
        { of: 'enrollment', atLeast: 25_000 },
        { of: 'employee_count', atLeast: 1000 },
      ],
    },
  },
  {
    segment: 'Mid-Market',
    when: {
      any: [
        { of: 'enrollment', atLeast: 2500 },
        { of: 'employee_count', atLeast: 100 },
      ],
    },
  },
  {
    segment: 'SMB',
    when: {
      any: [
        { of: 'enrollment', known: true },
        { of: 'employee_count', known: true },
      ],
    },
  },
];

// Both seeds: the tiers are those of the generated column of `lead_scores`.
const tiers = [
  { tier: 'hot', atLeast: 80 },
  { tier: 'warm', atLeast: 60 },
  { tier: 'nurture', atLeast: 40 },
  { tier: 'monitor', atLeast: 0 },
] as const;

// Points, caps and maxima: seed "Lead Score Composition". The rules of a component may earn more than its maximum
// (20 + 25 + 15 + 15 = 75 of 50, 35 of 30, 30 of 20): the breakdown shows both figures.
const behavioral: Component = {
  name: 'behavioral',
  max: 50,
  weightPercent: 100,
  rules: [
    perUnit('visits', 'Website visits', 'website_visits', [2, 20]),
    perUnit('downloads', 'Content downloads', 'content_downloads', [5, 25]),
    perUnit('clicks', 'Email clicks', 'email_clicks', [3, 15]),
    flag('demo', 'Demo requested', { of: 'demo_requested', equals: true }, 15),
  ],
};

// The seed gives the ranges 5–20 and 5–15; the steps and ranks are our defaults.
const topTitles = [
  'superintendent',
  'assistant superintendent',
  'chief',
  'C-level',
  'president',
  'owner',
  'founder',
  'cofounder',
  // What "C-level" looks like on a business card.
  ...'CEO CTO CFO COO CIO CISO CMO CPO CRO CAO CDO CHRO'.split(' '),
];

const demographic: Component = {
  name: 'demographic',
  max: 30,
  weightPercent: 100,
  rules: [
    tier('enrollment', 'District size', 'enrollment', [
      [25_000, 20],
      [10_000, 15],
      [2500, 10],
      [1, 5],
    ]),
    match('title', 'Job title', 'title', [
      [15, topTitles],
      [10, ['vice president', 'VP', 'SVP', 'EVP', 'AVP', 'director', 'head', 'principal']],
      [5, ['manager', 'coordinator', 'specialist', 'lead', 'teacher', 'engineer']],
    ]),
  ],
};

const engagement: Component = {
  name: 'engagement',
  max: 20,
  weightPercent: 100,
  rules: [
    perUnit('opens', 'Email opens', 'email_opens', [2, 20]),
    perUnit('visit-habit', 'Website visits', 'website_visits', [1, 10]),
  ],
};

/** The scoring of the seed's `leads`: components 50 + 30 + 20, six MQL triggers. */
export const defaultMqlProfile: ScoringProfile = {
  kind: 'mql',
  name: 'mql',
  version: 1,
  components: [behavioral, demographic, engagement],
  tiers,
  triggers: [
    { id: 'demo', label: 'demo requested', when: { of: 'demo_requested', equals: true } },
    { id: 'downloads', label: 'content downloads', when: { of: 'content_downloads', atLeast: 3 } },
    { id: 'visits', label: 'website visits', when: { of: 'website_visits', atLeast: 10 } },
    { id: 'clicks', label: 'email clicks', when: { of: 'email_clicks', atLeast: 3 } },
    { id: 'opens', label: 'email opens', when: { of: 'email_opens', atLeast: 5 } },
    { id: 'score', label: 'lead score', when: { of: 'lead_score', atLeast: 60 } },
  ],
  segments,
  action: null,
};

function hundredMax(name: string, weightPercent: number, rules: readonly Rule[]): Component {
  return { name, max: 100, weightPercent, rules };
}

// The seed gives weights and results, not rules; these are ours, chosen so that its VelocityPay inputs give its scores.
const company = hundredMax('company', 25, [
  tier('employees', 'Company size', 'employee_count', [
    [1000, 40],
    [500, 35],
    [100, 30],
    [50, 20],
    [10, 10],
    [1, 5],
  ]),
  match('funding-stage', 'Funding stage', 'funding_stage', [
    [25, ['series c', 'series d', 'series e', 'public', 'ipo']],
    [20, ['series b']],
    [10, ['series a']],
    [5, ['seed', 'pre seed']],
  ]),
  tier('funding', 'Funding raised', 'total_funding_usd', [
    [100_000_000, 20],
    [25_000_000, 15],
    [5_000_000, 10],
    [500_000, 5],
  ]),
  flag('industry', 'Industry known', { of: 'industry', known: true }, 10),
  flag('company-email', 'Company e-mail', { of: 'is_company_email', equals: true }, 10),
]);

const usage = hundredMax(
  'usage',
  30,
  [
    perUnit('projects', 'Projects', 'project_count', [5, 20]),
    perUnit('features', 'Features in use', 'features_used', [5, 25]),
    match('billing', 'Billing tier', 'billing_tier', [
      [25, ['enterprise']],
      [20, ['team']],
      [15, ['pro']],
    ]),
    tier('api-calls', 'API volume', 'api_calls_30d', [
      [1_000_000, 20],
      [100_000, 10],
      [10_000, 5],
    ]),
    tier('api-growth', 'API growth', 'api_call_growth_pct', [
      [100, 20],
      [50, 10],
      [20, 5],
    ]),
  ].map(lately),
);

const expansion = hundredMax(
  'expansion',
  20,
  [
    perUnit('strong-signals', 'Strong expansion signals', 'high_signals', [20, 60]),
    perUnit('medium-signals', 'Expansion signals', 'medium_signals', [10, 30]),
    perUnit('weak-signals', 'Weak expansion signals', 'low_signals', [5, 10]),
    perUnit('signal-variety', 'Several kinds of signal', 'signal_types', [10, 30]),
  ].map((rule) => halving(90, rule)),
);

const champion = hundredMax('champion', 15, [
  lately(perUnit('team', 'Team members', 'team_member_count', [6, 30])),
  perUnit('decision-makers', 'Decision makers known', 'decision_makers', [15, 30]),
  perUnit('technical', 'Technical contacts known', 'technical_stakeholders', [10, 20]),
  lately(perUnit('logins', 'Active in the dashboard', 'dashboard_logins_30d', [1, 20])),
]);

const timing = hundredMax('timing', 10, [
  halving(90, flag('migration', 'Changing technology', { of: 'signals.tech_migration', atLeast: 1 }, 35)),
  halving(90, flag('funded', 'New funding', { of: 'signals.funding', atLeast: 1 }, 20)),
  // A position is filled sooner than a contract ends.
  halving(45, flag('hiring', 'Hiring', { of: 'signals.hiring', atLeast: 1 }, 15)),
  lately(flag('surge', 'Usage doubling', { of: 'api_call_growth_pct', atLeast: 100 }, 15)),
  lately(perUnit('joiners', 'Team growing', 'team_members_added_last_30d', [5, 15])),
]);

/** Usage that nobody has seen for two months is not known any more. */
function lately(rule: Rule): Rule {
  return { ...rule, decay: { windowDays: 60 } };
}

function halving(halfLifeDays: number, rule: Rule): Rule {
  return { ...rule, decay: { halfLifeDays } };
}

/** The scoring of the seed's `developer_signups`: five components of 100 each, weights 25/30/20/15/10. */
export const defaultPlgProfile: ScoringProfile = {
  kind: 'plg',
  name: 'plg',
  version: 1,
  components: [company, usage, expansion, champion, timing],
  tiers,
  triggers: [],
  segments,
  action: defaultAction,
};

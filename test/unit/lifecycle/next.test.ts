import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LeadStatus, leadStatuses } from '../../../src/model/lead.ts';
import { counterGrowth, type LifecycleState } from '../../../src/model/lifecycle.ts';
import type { Contribution } from '../../../src/model/score.ts';
import { type LifecycleInput, nextTransition, operatorTransition, stateAfter } from '../../../src/lifecycle/next.ts';
import { dateColumns, isLegal, isMql, legalMoves } from '../../../src/lifecycle/transitions.ts';

const at = new Date('2026-11-22T12:00:00Z');
const aState = (status: LeadStatus, more: Partial<LifecycleState> = {}): LifecycleState => ({
  leadId: 'lead-1',
  status,
  episode: 0,
  baseline: null,
  ...more,
});
const scored = (...mqlBy: readonly string[]) => ({ mqlBy, contributions: [] as readonly Contribution[] });
const input = (state: LifecycleState, more: Partial<LifecycleInput> = {}): LifecycleInput => ({
  state,
  values: {},
  breakdown: null,
  crmStatus: null,
  at,
  connectionId: 'connection-1',
  ...more,
});
const moves = (state: LifecycleState, more: Partial<LifecycleInput> = {}) =>
  nextTransition(input(state, more)).map(({ from, to, cause }) => `${from} → ${to} by ${cause.type}`);

describe('the lifecycle (seed leads-and-scoring.md, "Lead Status Lifecycle")', () => {
  it('has the seven statuses of the seed, and moves for each', () => {
    expect(leadStatuses).toEqual(['new', 'engaged', 'mql', 'sql', 'opportunity', 'disqualified', 'recycled']);
    expect(Object.keys(legalMoves)).toEqual(leadStatuses);
  });

  it('has the three lifecycle dates of the seed', () => {
    expect(dateColumns).toEqual({ mql: 'mql_date', sql: 'sql_date', opportunity: 'opportunity_date' });
  });

  it.each([
    ['new', false],
    ['engaged', false],
    ['mql', true],
    ['sql', true],
    ['opportunity', true],
    ['disqualified', false],
    ['recycled', false],
  ] as const)('calls %s qualified: %s', (status, qualified) => {
    expect(isMql(status)).toBe(qualified);
  });

  it.each(['email_opens', 'email_clicks', 'website_visits', 'content_downloads'])(
    'engages a new lead at its first of %s',
    (field) => {
      expect(moves(aState('new'), { values: { [field]: 1 } })).toEqual(['new → engaged by engagement']);
    },
  );

  it('leaves a lead without engagement as it is', () => {
    expect(moves(aState('new'), { values: { email_opens: 0, website_visits: null }, breakdown: scored() })).toEqual([]);
  });

  it('records the whole chain where a lead engages and qualifies at once', () => {
    const [engaged, qualified, ...rest] = nextTransition(
      input(aState('new'), { values: { email_opens: 5 }, breakdown: scored('opens') }),
    );
    expect(engaged).toEqual({
      leadId: 'lead-1',
      from: 'new',
      to: 'engaged',
      at,
      episode: 0,
      cause: { type: 'engagement' },
    });
    expect(qualified).toEqual({
      leadId: 'lead-1',
      from: 'engaged',
      to: 'mql',
      at,
      episode: 0,
      cause: { type: 'trigger', triggerIds: ['opens'] },
    });
    expect(rest).toEqual([]);
  });

  it('qualifies directly where nothing but a demo was asked for', () => {
    expect(moves(aState('new'), { values: { demo_requested: true }, breakdown: scored('demo') })).toEqual([
      'new → mql by trigger',
    ]);
  });

  it('qualifies an engaged lead', () => {
    expect(moves(aState('engaged'), { values: { email_opens: 5 }, breakdown: scored('opens') })).toEqual([
      'engaged → mql by trigger',
    ]);
  });

  it.each(['mql', 'sql', 'opportunity', 'disqualified'] as const)(
    'leaves %s to sales, whatever the score does',
    (status) => {
      expect(moves(aState(status), { values: { email_opens: 9 }, breakdown: scored('opens', 'score') })).toEqual([]);
      expect(moves(aState(status), { values: {}, breakdown: scored() })).toEqual([]);
    },
  );

  it('follows an edge in the CRM, and says whose and what', () => {
    const [move] = nextTransition(input(aState('mql'), { crmStatus: { previous: null, current: 'sql' } }));
    expect(move).toMatchObject({
      from: 'mql',
      to: 'sql',
      cause: { type: 'crm', connectionId: 'connection-1', value: 'sql' },
    });
  });

  it('does not follow a level: what the CRM said before is no news', () => {
    expect(moves(aState('opportunity'), { crmStatus: { previous: 'sql', current: 'sql' } })).toEqual([]);
  });

  it('does nothing where the CRM takes its word back, repeats ours, or says what is not its to say', () => {
    expect(moves(aState('sql'), { crmStatus: { previous: 'sql', current: null } })).toEqual([]);
    expect(moves(aState('sql'), { crmStatus: { previous: null, current: 'sql' } })).toEqual([]);
    expect(moves(aState('new'), { crmStatus: { previous: null, current: 'mql' } })).toEqual([]);
    expect(moves(aState('new'), { crmStatus: { previous: null, current: 'nonsense' } })).toEqual([]);
    expect(moves(aState('new'), { crmStatus: { previous: null, current: 'sql' }, connectionId: null })).toEqual([]);
  });

  it('lets sales go first: a lead that was just disqualified does not qualify', () => {
    expect(
      moves(aState('new'), {
        values: { email_opens: 9 },
        breakdown: scored('opens'),
        crmStatus: { previous: null, current: 'disqualified' },
      }),
    ).toEqual(['new → disqualified by crm']);
  });
});

describe('recycling', () => {
  const before = { website_visits: 12, content_downloads: 3, email_opens: null, demo_requested: true };
  const [recycling] = nextTransition(input(aState('mql'), { crmStatus: { previous: null, current: 'recycled' } }));
  if (recycling === undefined) throw new Error('sales may recycle');
  const recycled = stateAfter(aState('mql'), recycling, before);

  it('opens a new episode, with the counters of that moment as its baseline', () => {
    expect(recycling.episode).toBe(1);
    expect(recycled).toEqual({
      leadId: 'lead-1',
      status: 'recycled',
      episode: 1,
      baseline: { ...before, email_clicks: null, recycled_at: at.toISOString() },
    });
  });

  it('qualifies no one again on what was done before', () => {
    expect(moves(recycled, { values: before, breakdown: scored('visits', 'demo') })).toEqual([]);
    expect(moves(recycled, { values: { ...before, website_visits: 3 }, breakdown: scored('visits') })).toEqual([]);
  });

  it('engages and qualifies on what was gained since, in the new episode', () => {
    const values = { ...before, content_downloads: 6 };
    const chain = nextTransition(input(recycled, { values, breakdown: scored('downloads') }));
    expect(chain.map(({ from, to, episode }) => [from, to, episode])).toEqual([
      ['recycled', 'engaged', 1],
      ['engaged', 'mql', 1],
    ]);
  });

  it('keeps the baseline through the episode', () => {
    const [engaged] = nextTransition(input(recycled, { values: { ...before, website_visits: 13 } }));
    if (engaged === undefined) throw new Error('one more visit engages');
    expect(stateAfter(recycled, engaged, {})).toEqual({ ...recycled, status: 'engaged' });
  });

  it('accepts a demo that was requested once more', () => {
    const line = (observedAt: string | null): Contribution => ({
      component: 'behavioral',
      ruleId: 'demo',
      label: 'Demo',
      input: true,
      observedAt,
      earned: 15,
      counted: 15,
    });
    const breakdown = (observedAt: string | null) => ({ mqlBy: ['demo'], contributions: [line(observedAt)] });
    expect(moves(recycled, { values: before, breakdown: breakdown('2026-11-23T00:00:00.000Z') })).toEqual([
      'recycled → mql by trigger',
    ]);
    expect(moves(recycled, { values: before, breakdown: breakdown('2026-11-20T00:00:00.000Z') })).toEqual([]);
    expect(moves(recycled, { values: before, breakdown: breakdown(null) })).toEqual([]);
  });

  it('accepts a first demo', () => {
    const quiet = { ...recycled, baseline: { ...recycled.baseline, demo_requested: false } };
    expect(moves(quiet, { values: before, breakdown: scored('demo') })).toEqual(['recycled → mql by trigger']);
  });

  it('counts growth from nothing where the baseline knows nothing, and leaves unknown what is unknown', () => {
    expect(counterGrowth({ email_opens: 4, demo_requested: false }, {})).toEqual({
      website_visits: null,
      content_downloads: null,
      email_opens: 4,
      email_clicks: null,
      demo_requested: false,
    });
  });
});

describe('an operator', () => {
  const by = { at, actor: 'ada', note: 'met at the fair' };

  it.each(['sql', 'opportunity', 'disqualified', 'recycled'] as const)('may move a lead to %s', (to) => {
    expect(operatorTransition(aState('engaged'), { to, ...by })).toEqual({
      transition: {
        leadId: 'lead-1',
        from: 'engaged',
        to,
        at,
        episode: to === 'recycled' ? 1 : 0,
        cause: { type: 'operator', actor: 'ada', note: 'met at the fair' },
      },
    });
  });

  it.each(['new', 'engaged', 'mql', 'sql'] as const)('may not move a lead from sql to %s', (to) => {
    expect(operatorTransition(aState('sql'), { to, ...by })).toEqual({
      refused: `A lead cannot be moved from sql to ${to} by hand. An operator moves a lead to another of: sql, opportunity, disqualified, recycled.`,
    });
  });
});

describe('nextTransition', () => {
  const count = fc.option(fc.nat(12), { nil: null });
  const values = fc.record({
    website_visits: count,
    content_downloads: count,
    email_opens: count,
    email_clicks: count,
    demo_requested: fc.option(fc.boolean(), { nil: null }),
  });
  const crmValue = fc.constantFrom(...leadStatuses, null, 'nonsense');
  const step = fc.record({
    values,
    breakdown: fc.option(fc.subarray(['demo', 'visits', 'score']).map((ids) => scored(...ids))),
    crmStatus: fc.option(fc.record({ previous: crmValue, current: crmValue })),
  });

  it('never emits an illegal move, nor one of the score that goes backward, over any history', () => {
    const order: readonly LeadStatus[] = ['recycled', 'new', 'engaged', 'mql'];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (history) => {
        let state = aState('new');
        for (const known of history) {
          for (const move of nextTransition(input(state, known))) {
            expect(move.from).toBe(state.status);
            expect(isLegal(move.from, move.to, move.cause.type)).toBe(true);
            if (move.cause.type !== 'crm') expect(order.indexOf(move.to)).toBeGreaterThan(order.indexOf(move.from));
            state = stateAfter(state, move, known.values);
            expect(state.episode).toBe(move.episode);
          }
        }
      }),
    );
  });

  it('qualifies at most once in an episode', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (history) => {
        let state = aState('new');
        const qualified: number[] = [];
        for (const known of history) {
          for (const move of nextTransition(input(state, known))) {
            if (move.to === 'mql') qualified.push(move.episode);
            state = stateAfter(state, move, known.values);
          }
        }
        expect(new Set(qualified).size).toBe(qualified.length);
      }),
    );
  });

  it('comes to rest: the same knowledge twice moves nothing more', () => {
    fc.assert(
      fc.property(step, (known) => {
        const before = aState('new');
        const after = nextTransition(input(before, known)).reduce(
          (state, move) => stateAfter(state, move, known.values),
          before,
        );
        const { crmStatus } = known;
        const again = {
          ...known,
          crmStatus: crmStatus === null ? null : { previous: crmStatus.current, current: crmStatus.current },
        };
        expect(nextTransition(input(after, again))).toEqual([]);
      }),
    );
  });
});

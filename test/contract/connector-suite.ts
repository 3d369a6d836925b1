import { describe, expect, test } from 'vitest';
import {
  AuthError,
  ConnectorError,
  CursorExpiredError,
  QuotaExhaustedError,
  type Connector,
  type ConnectorDefinition,
  type Cursor,
  type FieldSpec,
  type FieldValue,
  type Lane,
  type PushChange,
  type PushOutcome,
  type RecordKey,
} from '../../src/connector-sdk/index.ts';
import { loginForms } from '../../src/connections/forms.ts';
import type { VirtualClock } from '../support/connector-context.ts';
import { createReplica, walk, type Replica, type Walk } from '../support/connector-replica.ts';

/*
 * The laws that every connector keeps, proved over real HTTP against a sandbox of its CRM. They know nothing of any CRM:
 * a connector brings a harness that plays the CRM's users and its bad days, and passes all of them or is not done.
 */

/** What a connector brings to be tested. */
export interface Harness {
  readonly definition: ConnectorDefinition;
  /** The object that carries people. */
  readonly object: string;
  /** Fields to read; the first one is text and may be edited by users. */
  readonly fields: readonly [string, ...string[]];
  /** What a push writes to people. */
  readonly score: Written['score'];
  readonly refused: Written['refused'];
  /** And to the object that carries companies. */
  readonly company: Written;
  /** A field in which the CRM silently keeps its own value, and such a move. */
  readonly kept: { readonly field: string; readonly from: string; readonly to: string } | null;
  /** An object of engagement that people call off, such as meetings. */
  readonly calledOff: string;
  /** Most rows that one query can show: no number of equal stamps may hide behind it. */
  readonly queryCap: number;
  /** Calls of a lane in which nothing is new; 1 unless there is no cheaper way. */
  idleCalls(crm: Crm, object: string): number;
  start(options?: StartOptions): Promise<Crm>;
}

/** An object that we write to. */
export interface Written {
  readonly object: string;
  /** A field of ours that is set to a number, and a value that the CRM refuses. */
  readonly score: string;
  readonly refused: { readonly field: string; readonly value: FieldValue };
}

export interface StartOptions {
  readonly leads?: number;
  /** So many companies and nobody else: the hands are then laid on them. */
  readonly companies?: number;
  /** The account's real limits, on the virtual clock. Default: none. */
  readonly isLimited?: boolean;
  /** How far the CRM's index is behind. */
  readonly lagMs?: number;
}

/** Faults that any CRM has. A harness leaves out what its CRM does not know. */
export type Fault =
  | 'rate-limit'
  | 'day-used-up'
  | 'locked'
  | 'server-error'
  | 'reset'
  | 'hang'
  | 'truncated'
  | 'token-expired'
  | 'forbidden'
  | 'applied-but-reset'
  | 'silent-success'
  | 'row-fails';

/** What happened to a token, in order. */
export type Story = readonly ('renewed' | 'saved' | 'used')[];

/** A CRM account in a sandbox, with a connector to it and hands to change it. Every change moves the clock. */
export interface Crm extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly faults: readonly Fault[];
  /** A connector as after a restart: it shares nothing with an earlier one but the stored cache and credentials. */
  open(): Connector;
  /** Opens with credentials that have to be renewed, and records the order of what happens to them. */
  openRenewable(): { readonly connector: Connector; readonly story: () => Story };
  calls(): number;
  /** Calls that the CRM refused because they came too fast. */
  limitsHit(): number;
  /** Ids of all living leads, or companies. */
  ids(): readonly string[];
  /** Null = blank. */
  value(id: string, field: string): string | null;
  edit(id: string, field: string, value: string): void;
  /** Gives so many of them one and the same stamp. */
  touch(count: number): void;
  archive(id: string): Promise<void>;
  /** From the recycle bin. */
  restore(id: string): void;
  /** Makes another record of it, as which the person goes on; null = the CRM knows no such thing. */
  readonly convert: ((id: string) => Promise<RecordKey>) | null;
  /** Calls off what `Harness.calledOff` has under this id. */
  callOff(id: string): void;
  /** Returns the id that both have from now on. */
  merge(winner: string, loser: string): Promise<string>;
  /** Makes a user's field of that name, which is not ours. */
  occupy(field: FieldSpec): Promise<void>;
  /** Switches a fault on, for `count` requests; all of them if left out. */
  break(fault: Fault, count?: number): void;
  mend(): void;
}

const transient: readonly Fault[] = ['rate-limit', 'locked', 'server-error', 'reset', 'truncated', 'token-expired'];

export function connectorLaws(harness: Harness): void {
  const people: Written = harness;
  const { company } = harness;
  pullLaws(harness);
  describe('of people', () => {
    pushLaws(harness, people, (leads) => harness.start({ leads }));
    keptLaw(harness);
    schemaLaws(harness, people.object, (leads) => harness.start({ leads }));
  });
  describe('of companies', () => {
    pushLaws(harness, company, (companies) => harness.start({ companies }));
    schemaLaws(harness, company.object, (companies) => harness.start({ companies }));
  });
  faultLaws(harness);
  checkLaw(harness);
}

function pullLaws(harness: Harness): void {
  const { object, fields } = harness;
  const [text] = fields;
  const pull = (crm: Crm, connector: Connector, replica: Replica, step: Partial<Walk>): ReturnType<typeof walk> =>
    walk(connector, replica, {
      object,
      fields,
      lane: 'live',
      until: new Date(crm.clock.now()),
      events: harness.definition.defaultMapping.events,
      ...step,
    });
  /** A replica with everything, and the cursor from which to follow. */
  const caughtUp = async (
    crm: Crm,
    lane: Lane = 'live',
  ): Promise<{ replica: Replica; connector: Connector; since: Cursor | null }> => {
    const connector = crm.open();
    const replica = createReplica();
    const beganAt = new Date(crm.clock.now());
    await pull(crm, connector, replica, { lane: 'full' });
    crm.clock.advance(1_000);
    const { cursor } = await pull(crm, connector, replica, {
      lane,
      since: harness.definition.startCursor(object, beganAt),
    });
    replica.arrivals.clear();
    return { replica, connector, since: cursor };
  };

  test('a full pass brings every record once', async () => {
    await using crm = await harness.start({ leads: 230 });
    const replica = createReplica();
    const { done } = await pull(crm, crm.open(), replica, { lane: 'full' });
    expect(done).toBe(true);
    expect([...replica.arrivals.keys()].sort()).toEqual([...crm.ids()].sort());
    expect(new Set(replica.arrivals.values())).toEqual(new Set([1]));
  });

  test.for<Lane>(['full', 'live'])(
    'stopped after any batch and resumed from its cursor, %s loses nothing',
    async (lane) => {
      await using crm = await harness.start({ leads: 450 });
      const replica = createReplica();
      crm.touch(450);
      const until = new Date(crm.clock.now());
      let since: Cursor | null = null;
      for (let done = false; !done;) {
        // Each step is a new process.
        ({ cursor: since, done } = await pull(crm, crm.open(), replica, { lane, since, until, batches: 1 }));
      }
      expect([...replica.records.keys()].sort()).toEqual([...crm.ids()].sort());
    },
  );

  test('a batch may be dropped before it is committed: its predecessor’s cursor brings it again', async () => {
    await using crm = await harness.start({ leads: 450 });
    crm.touch(450);
    const until = new Date(crm.clock.now());
    const committed = createReplica();
    const { cursor } = await pull(crm, crm.open(), committed, { until, batches: 1 });
    await pull(crm, crm.open(), createReplica(), { until, since: cursor, batches: 1 });
    await pull(crm, crm.open(), committed, { until, since: cursor });
    expect(committed.records.size).toBe(crm.ids().length);
  });

  test('records with equal stamps are not lost at the edge of a page', async () => {
    await using crm = await harness.start({ leads: 450 });
    const { replica, connector, since } = await caughtUp(crm);
    crm.touch(430);
    await pull(crm, connector, replica, { since });
    expect([...replica.arrivals.keys()].sort()).toEqual(crm.ids().slice(0, 430).sort());
    expect(new Set(replica.arrivals.values())).toEqual(new Set([1]));
  });

  test('more records in one millisecond than a query can show are all read', { timeout: 120_000 }, async () => {
    await using crm = await harness.start({ leads: harness.queryCap + 500 });
    const { replica, connector, since } = await caughtUp(crm);
    const count = crm.ids().length;
    crm.touch(count);
    await pull(crm, connector, replica, { since });
    expect(count).toBeGreaterThan(harness.queryCap);
    expect(replica.arrivals.size).toBe(count);
  });

  test('what changes while it is read is brought by a later pull', async () => {
    await using crm = await harness.start({ leads: 450 });
    const { replica, connector, since } = await caughtUp(crm);
    const ids = crm.ids();
    crm.touch(450);
    const first = await pull(crm, connector, replica, {
      since,
      // After each batch, records change that were read already, and such that are still to come.
      meanwhile: (batch) => {
        for (const id of [ids[batch], ids[ids.length - batch]]) crm.edit(id ?? '', text, `changed ${batch}`);
      },
    });
    await pull(crm, connector, replica, { since: first.cursor });
    for (const id of crm.ids()) expect(replica.records.get(id)?.fields[text]).toBe(crm.value(id, text));
  });

  test('a change that shows up too late for live is brought by settled', async () => {
    const lagMs = 60_000;
    await using crm = await harness.start({ leads: 20, lagMs });
    const [id = ''] = crm.ids();
    crm.clock.advance(2 * lagMs);
    const live = await caughtUp(crm);
    const settled = await caughtUp(crm, 'settled');
    crm.edit(id, text, 'late');
    const { cursor } = await pull(crm, live.connector, live.replica, { since: live.since });
    crm.clock.advance(2 * lagMs);
    await pull(crm, live.connector, live.replica, { since: cursor });
    // Settled stays behind by more than the index does.
    const until = new Date(crm.clock.now() - lagMs - 1);
    await pull(crm, settled.connector, settled.replica, { lane: 'settled', since: settled.since, until });
    expect(settled.replica.records.get(id)?.fields[text]).toBe('late');
  });

  test('a cursor never passes until: what is newer comes with the next pull', async () => {
    await using crm = await harness.start({ leads: 20 });
    const { replica, connector, since } = await caughtUp(crm);
    const [id = ''] = crm.ids();
    const until = new Date(crm.clock.now());
    crm.edit(id, text, 'after until');
    const first = await pull(crm, connector, replica, { since, until });
    expect(first.done).toBe(true);
    await pull(crm, connector, replica, { since: first.cursor });
    expect(replica.records.get(id)?.fields[text]).toBe('after until');
  });

  test('an until before the cursor moves nothing', async () => {
    await using crm = await harness.start({ leads: 20 });
    const { replica, connector, since } = await caughtUp(crm);
    const [id = ''] = crm.ids();
    const back = await pull(crm, connector, replica, { since, until: new Date(crm.clock.now() - 3_600_000) });
    expect(back.done).toBe(true);
    crm.edit(id, text, 'later');
    await pull(crm, connector, replica, { since: back.cursor });
    expect(replica.records.get(id)?.fields[text]).toBe('later');
  });

  test('where nothing is new, a lane costs one call', async () => {
    await using crm = await harness.start({ leads: 40 });
    for (const { object, lanes, kind } of harness.definition.objects) {
      for (const lane of lanes.filter((lane) => lane === 'live' || lane === 'settled' || kind === 'owner')) {
        const connector = crm.open();
        const replica = createReplica();
        const { cursor } = await pull(crm, connector, replica, { object, lane, fields: [] });
        crm.clock.advance(1);
        const before = crm.calls();
        await pull(crm, connector, replica, { object, lane, fields: [], since: lane === 'full' ? null : cursor });
        expect({ object, lane, calls: crm.calls() - before }).toEqual({
          object,
          lane,
          calls: harness.idleCalls(crm, object),
        });
      }
    }
  });

  test('what we hold as new as it is is not read again', async () => {
    await using crm = await harness.start({ leads: 150 });
    const { replica, connector, since } = await caughtUp(crm);
    crm.touch(150);
    await pull(crm, connector, replica, { since });
    const before = crm.calls();
    await pull(crm, connector, replica, { since });
    expect(crm.calls() - before).toBe(1);
  });

  test('a record that absorbed others says which', async () => {
    await using crm = await harness.start({ leads: 10 });
    const { replica, connector, since } = await caughtUp(crm);
    const [winner = '', loser = ''] = crm.ids();
    const id = await crm.merge(winner, loser);
    await pull(crm, connector, replica, { since });
    expect(replica.records.get(id)?.mergedIds).toEqual(
      expect.arrayContaining([winner, loser].filter((old) => old !== id)),
    );
    expect([...replica.records.keys()].sort()).toEqual([...crm.ids()].sort());
  });

  test('an archived record becomes a tombstone', async () => {
    await using crm = await harness.start({ leads: 10 });
    const { replica, connector } = await caughtUp(crm);
    const [id = ''] = crm.ids();
    await crm.archive(id);
    await pull(crm, connector, replica, { lane: 'archived' });
    expect(replica.tombstones.get(id)).toMatchObject({ externalId: id, reason: 'archived' });
    expect([...replica.records.keys()].sort()).toEqual([...crm.ids()].sort());
  });

  test('a record that is taken out of the recycle bin comes back', async () => {
    await using crm = await harness.start({ leads: 10 });
    const { replica, connector, since } = await caughtUp(crm);
    const [id = ''] = crm.ids();
    await crm.archive(id);
    await pull(crm, connector, replica, { lane: 'archived' });
    const { cursor } = await pull(crm, connector, replica, { since });
    expect(replica.records.has(id)).toBe(false);
    crm.restore(id);
    await pull(crm, connector, replica, { since: cursor });
    expect(replica.records.has(id)).toBe(true);
  });

  test('a record that has become another names it, and can still be read', async ({ skip }) => {
    await using crm = await harness.start({ leads: 10 });
    if (crm.convert === null) return skip();
    const { replica, connector, since } = await caughtUp(crm);
    const [id = ''] = crm.ids();
    const successor = await crm.convert(id);
    await pull(crm, connector, replica, { since });
    expect(replica.records.get(id)).toMatchObject({ externalId: id, successor });
    const full = createReplica();
    await pull(crm, connector, full, { lane: 'full' });
    expect(full.records.get(id)).toMatchObject({ successor });
    const people = createReplica();
    await pull(crm, connector, people, { object: successor.object, lane: 'full' });
    expect(people.records.get(successor.externalId)).toMatchObject({ successor: null });
  });

  test('what was called off counts no more', async () => {
    await using crm = await harness.start({ leads: 200 });
    const object = harness.calledOff;
    const connector = crm.open();
    const replica = createReplica();
    const origin = harness.definition.startCursor(object, new Date(crm.clock.now()));
    await pull(crm, connector, replica, { object, lane: 'full', fields: [] });
    const [first = '', ...others] = replica.events.keys();
    expect(others.length).toBeGreaterThan(0);
    crm.callOff(first.slice(`${object}:`.length));
    await pull(crm, connector, replica, { object, fields: [], since: origin });
    expect([...replica.events.keys()].sort()).toEqual(others.sort());
  });

  test('records are read by id: gone ones are absent, merged ones come as what absorbed them', async () => {
    await using crm = await harness.start({ leads: 10 });
    const connector = crm.open();
    const [winner = '', loser = '', gone = '', other = ''] = crm.ids();
    const merged = await crm.merge(winner, loser);
    await crm.archive(gone);
    const ids = [loser, gone, other];
    const records = await connector.read({ object, ids, fields, signal: new AbortController().signal });
    expect(records.map(({ externalId }) => externalId).sort()).toEqual([merged, other].sort());
  });

  test('fields that the CRM does not have are absent', async () => {
    await using crm = await harness.start({ leads: 3 });
    const replica = createReplica();
    await pull(crm, crm.open(), replica, { lane: 'full', fields: [text, 'no_such_field'] });
    for (const { fields } of replica.records.values()) expect(Object.keys(fields)).toEqual([text]);
  });

  test('a cursor that is not ours asks for a reset', async () => {
    await using crm = await harness.start({ leads: 3 });
    const pulling = pull(crm, crm.open(), createReplica(), { since: 'no cursor of ours' });
    await expect(pulling).rejects.toBeInstanceOf(CursorExpiredError);
  });

  test('an optional object that may not be read ends where it stood', async () => {
    for (const { object, optional, lanes } of harness.definition.objects.filter(({ optional }) => optional)) {
      await using crm = await harness.start({ leads: 3 });
      crm.break('forbidden');
      const [lane = 'live'] = lanes;
      const walked = await pull(crm, crm.open(), createReplica(), { object, lane, fields: [] }).catch(
        (error: unknown) => error,
      );
      // Where the account itself cannot be read, a refusal with a remedy is right as well.
      if (walked instanceof ConnectorError) expect(walked.recovery).toBe('fix-config');
      else expect(walked).toMatchObject({ done: true });
      expect(optional).toBe(true);
    }
  });

  test('it never runs into the limits of the CRM by itself', async () => {
    await using crm = await harness.start({ leads: 3_000, isLimited: true });
    const replica = createReplica();
    const connector = crm.open();
    crm.touch(3_000);
    await pull(crm, connector, replica, { lane: 'full' });
    await Promise.all([
      pull(crm, connector, createReplica(), { lane: 'live' }),
      pull(crm, connector, createReplica(), { lane: 'full' }),
      pull(crm, connector, createReplica(), { lane: 'full' }),
    ]);
    expect(replica.records.size).toBe(crm.ids().length);
    expect(crm.limitsHit()).toBe(0);
  });
}

function pushLaws(harness: Harness, { object, score, refused }: Written, start: (count: number) => Promise<Crm>): void {
  const push = (
    connector: Connector,
    changes: readonly PushChange[],
    signal?: AbortSignal,
  ): Promise<readonly PushOutcome[]> =>
    connector.push({ object, changes, signal: signal ?? new AbortController().signal });
  const scores = (ids: readonly string[], value: number): PushChange[] =>
    ids.map((externalId, index) => ({ key: `k${index}`, externalId, fields: { [score]: value } }));
  const ready = async (count: number): Promise<Crm> => {
    const crm = await start(count);
    await crm.open().ensureFields(object, harness.definition.ownedFields[object] ?? [], new AbortController().signal);
    return crm;
  };
  /** No outcome may say more than is true. */
  const expectHonest = (crm: Crm, changes: readonly PushChange[], outcomes: readonly PushOutcome[]): void => {
    expect(outcomes.map(({ key }) => key)).toEqual(changes.map(({ key }) => key));
    outcomes.forEach((outcome, index) => {
      const { externalId = '', fields = {} } = changes[index] ?? {};
      if (outcome.status !== 'applied') return;
      expect(outcome.fields).toEqual(fields);
      expect(crm.value(externalId, score)).toBe(String(fields[score]));
    });
  };

  test('a full batch is written by one call, with one outcome each', async () => {
    await using crm = await ready(100);
    const connector = crm.open();
    await push(connector, scores(crm.ids(), 1));
    const changes = scores(crm.ids(), 72);
    const before = crm.calls();
    const outcomes = await push(connector, changes);
    expect(crm.calls() - before).toBe(1);
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['applied']));
    expectHonest(crm, changes, outcomes);
  });

  test('more than a batch goes as one mass write, with one outcome each', async ({ skip }) => {
    const capability = harness.definition.objects.find((one) => one.object === object)?.push;
    if (capability === undefined || capability === null || capability.mass === null) return skip();
    const many = capability.maxBatch + 50;
    await using crm = await ready(many);
    const ids = crm.ids();
    expect(ids.length).toBeGreaterThan(capability.maxBatch);
    const changes = scores(ids, 64).map((change, index) =>
      index % 33 === 7 ? { ...change, fields: { [refused.field]: refused.value } } : change,
    );
    const outcomes = await push(crm.open(), changes);
    const bad = outcomes.filter((_, index) => index % 33 === 7);
    expect(new Set(bad.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(outcomes.filter(({ status }) => status === 'applied')).toHaveLength(changes.length - bad.length);
    expectHonest(crm, changes, outcomes);
  });

  test('the same push again changes nothing', async () => {
    await using crm = await ready(5);
    const changes = scores(crm.ids(), 50);
    const first = await push(crm.open(), changes);
    const second = await push(crm.open(), changes);
    expect(second.map(({ status }) => status)).toEqual(first.map(({ status }) => status));
    for (const id of crm.ids()) expect(crm.value(id, score)).toBe('50');
  });

  test('null clears a field', async () => {
    await using crm = await ready(1);
    const connector = crm.open();
    const [id = ''] = crm.ids();
    await push(connector, scores([id], 5));
    const outcomes = await push(connector, [{ key: 'k', externalId: id, fields: { [score]: null } }]);
    expect(outcomes).toMatchObject([{ key: 'k', status: 'applied', fields: { [score]: null } }]);
    expect(crm.value(id, score)).toBeNull();
  });

  test('a bad row does not poison its batch, and names its field', async () => {
    await using crm = await ready(100);
    const changes = scores(crm.ids(), 31).map((change, index) =>
      index % 33 === 7 ? { ...change, fields: { [refused.field]: refused.value } } : change,
    );
    const outcomes = await push(crm.open(), changes);
    const bad = outcomes.filter((_, index) => index % 33 === 7);
    expect(bad.map(({ status }) => status)).toEqual(bad.map(() => 'rejected'));
    expect(bad[0]).toMatchObject({ field: refused.field });
    expectHonest(crm, changes, outcomes);
    expect(outcomes.filter(({ status }) => status === 'applied')).toHaveLength(changes.length - bad.length);
  });

  test('a field that the CRM does not have is named, and the other rows are written', async () => {
    await using crm = await ready(60);
    const connector = crm.open();
    await push(connector, scores(crm.ids(), 1));
    const before = crm.calls();
    const changes = scores(crm.ids(), 8).map((change, index) =>
      index < 40 ? { ...change, fields: { no_such_field: 'x' } } : change,
    );
    const outcomes = await push(connector, changes);
    expect(
      outcomes.slice(0, 40).every((outcome) => outcome.status === 'rejected' && outcome.field === 'no_such_field'),
    ).toBe(true);
    expect(outcomes.slice(40).every(({ status }) => status === 'applied')).toBe(true);
    // It is the field that is wrong, not its forty rows.
    expect(crm.calls() - before).toBeLessThanOrEqual(3);
  });

  test('records that are gone or merged say so, and the others are written', async () => {
    await using crm = await ready(6);
    const [winner = '', loser = '', gone = '', ...others] = crm.ids();
    const ids = [loser, gone, ...others];
    const mergedInto = await crm.merge(winner, loser);
    await crm.archive(gone);
    const outcomes = await push(crm.open(), scores(ids, 9));
    expect(outcomes.slice(0, 2)).toMatchObject([
      { status: 'gone', mergedInto },
      { status: 'gone', mergedInto: null },
    ]);
    expect(outcomes.slice(2).every(({ status }) => status === 'applied')).toBe(true);
  });

  test('a record that is named twice gets its last value', async () => {
    await using crm = await ready(2);
    const [id = ''] = crm.ids();
    const changes = [...scores([id], 1), { key: 'again', externalId: id, fields: { [score]: 2 } }];
    const outcomes = await push(crm.open(), changes);
    expect(outcomes.map(({ status }) => status)).toEqual(['applied', 'applied']);
    expect(crm.value(id, score)).toBe('2');
  });

  test.for<readonly [Fault, number | undefined]>([
    ...([...transient, 'applied-but-reset', 'silent-success', 'row-fails'] as const).map(
      (fault) => [fault, 1] as const,
    ),
    ...([...transient, 'silent-success', 'day-used-up', 'forbidden'] as const).map(
      (fault) => [fault, undefined] as const,
    ),
  ])('under %s (requests: %s) a push answers once per change and never claims what is not', async ([fault, count]) => {
    await using crm = await ready(12);
    if (!crm.faults.includes(fault)) return;
    const connector = crm.open();
    await push(connector, scores(crm.ids(), 1));
    const changes = scores(crm.ids(), 64);
    crm.break(fault, count);
    const answer = await push(connector, changes).catch((error: unknown) => error);
    crm.mend();
    if (answer instanceof ConnectorError) expect(answer.recovery).toBeTruthy();
    else expectHonest(crm, changes, answer as readonly PushOutcome[]);
    // Once the fault is over, what was not settled can be sent again.
    const again = await push(connector, changes);
    expect(again.every(({ status }) => status === 'applied')).toBe(true);
    expectHonest(crm, changes, again);
  });
}

function keptLaw(harness: Harness): void {
  const { object, kept } = harness;
  test('a value that the CRM keeps is reported as it is', async ({ skip }) => {
    if (kept === null) return skip();
    await using crm = await harness.start({ leads: 1 });
    const [id = ''] = crm.ids();
    crm.edit(id, kept.field, kept.from);
    const changes = [{ key: 'k', externalId: id, fields: { [kept.field]: kept.to } }];
    const outcomes = await crm.open().push({ object, changes, signal: new AbortController().signal });
    expect(outcomes).toMatchObject([{ status: 'applied', fields: { [kept.field]: kept.from } }]);
  });
}

function faultLaws(harness: Harness): void {
  const { object, fields, score } = harness;
  const never = (): AbortSignal => new AbortController().signal;

  test('the account behind the credentials is named, and asked for once', async () => {
    await using crm = await harness.start({ leads: 1 });
    const id = await crm.open().account(never());
    expect(id).not.toBe('');
    const before = crm.calls();
    expect(await crm.open().account(never())).toBe(id);
    expect(crm.calls()).toBe(before);
  });

  test.for(transient)('one %s does not disturb a pull', async (fault) => {
    await using crm = await harness.start({ leads: 250 });
    if (!crm.faults.includes(fault)) return;
    const { connector } = crm.openRenewable();
    const replica = createReplica();
    const until = new Date(crm.clock.now());
    await walk(connector, replica, {
      object,
      fields,
      lane: 'full',
      until,
      meanwhile: (batch) => {
        if (batch === 1) crm.break(fault, 1);
      },
    });
    expect(replica.records.size).toBe(crm.ids().length);
  });

  test('every fault that lasts ends a pull with an error that says what to do', async () => {
    await using crm = await harness.start({ leads: 3 });
    for (const fault of crm.faults.filter(
      (fault) => fault !== 'hang' && fault !== 'silent-success' && fault !== 'row-fails',
    )) {
      crm.break(fault);
      const pulling = walk(crm.open(), createReplica(), {
        object,
        fields,
        lane: 'full',
        until: new Date(crm.clock.now()),
      });
      const error: unknown = await pulling.then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(error, fault).toBeInstanceOf(ConnectorError);
      expect(['retry', 'reauthorise', 'fix-config'], fault).toContain((error as ConnectorError).recovery);
      crm.mend();
    }
  });

  test('a day that is used up is not tried again', async () => {
    await using crm = await harness.start({ leads: 3 });
    const connector = crm.open();
    await connector.describe(object, never());
    await connector.read({ object, ids: crm.ids(), fields, signal: never() });
    crm.break('day-used-up');
    const before = crm.calls();
    const error: unknown = await connector
      .read({ object, ids: crm.ids(), fields, signal: never() })
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(QuotaExhaustedError);
    expect((error as QuotaExhaustedError).resetAt.getTime()).toBeGreaterThan(crm.clock.now());
    expect((error as QuotaExhaustedError).resetAt.getTime()).toBeLessThanOrEqual(crm.clock.now() + 86_400_000);
    expect(crm.calls() - before).toBe(1);
  });

  test.for(['pull', 'read', 'push', 'describe', 'ensureFields', 'check'] as const)(
    '%s ends at once on an abort',
    async (method) => {
      await using crm = await harness.start({ leads: 3 });
      const connector = crm.open();
      const controller = new AbortController();
      const { signal } = controller;
      const [id = ''] = crm.ids();
      const calls: Record<typeof method, () => Promise<unknown>> = {
        pull: () => walk(connector, createReplica(), { object, fields, lane: 'full', until: new Date(), signal }),
        read: () => connector.read({ object, ids: [id], fields, signal }),
        push: () => connector.push({ object, changes: [{ key: 'k', externalId: id, fields: { [score]: 1 } }], signal }),
        describe: () => connector.describe(object, signal),
        ensureFields: () => connector.ensureFields(object, harness.definition.ownedFields[object] ?? [], signal),
        check: () => connector.check(signal),
      };
      crm.break('hang');
      const reason = new Error('stop');
      const call = calls[method]();
      setTimeout(() => controller.abort(reason), 100);
      const startedAt = performance.now();
      await expect(call).rejects.toBe(reason);
      // Nobody would answer for a minute.
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    },
  );

  test('an expired token is renewed once for all who wait, and saved before it is used', async () => {
    await using crm = await harness.start({ leads: 30 });
    const { connector, story } = crm.openRenewable();
    await Promise.all(crm.ids().map((id) => connector.read({ object, ids: [id], fields, signal: never() })));
    expect(story().filter((step) => step === 'renewed')).toHaveLength(1);
    crm.break('token-expired');
    await Promise.all(crm.ids().map((id) => connector.read({ object, ids: [id], fields, signal: never() })));
    expect(story().filter((step) => step === 'renewed')).toHaveLength(2);
    const firstUses = story().flatMap((step, index, all) => (step === 'renewed' ? [all.slice(index, index + 3)] : []));
    for (const steps of firstUses) expect(steps).toEqual(['renewed', 'saved', 'used']);
  });

  test('a token that cannot be renewed asks for a new authorisation', async () => {
    await using crm = await harness.start({ leads: 3 });
    const connector = crm.open();
    await connector.describe(object, never());
    crm.break('token-expired');
    const reading = connector.read({ object, ids: crm.ids(), fields, signal: never() });
    await expect(reading).rejects.toBeInstanceOf(AuthError);
  });

  test('through bad days, edits and restarts the copy becomes the original', async () => {
    await using crm = await harness.start({ leads: 620 });
    const replica = createReplica();
    const beganAt = new Date(crm.clock.now());
    const storm: readonly Fault[] = ['server-error', 'reset', 'rate-limit', 'truncated'];
    const ids = crm.ids();
    const [text] = fields;
    const run = async (lane: Lane, since: Cursor | null): Promise<Cursor | null> => {
      const until = new Date(crm.clock.now());
      for (let step = 0; ; step += 1) {
        crm.break(storm[step % storm.length] ?? 'reset', 1);
        crm.edit(ids[(step * 97) % ids.length] ?? '', text, `${lane} ${step}`);
        const walked = await walk(crm.open(), replica, { object, fields, lane, since, until, batches: 1 });
        since = walked.cursor;
        if (walked.done) return since;
      }
    };
    await run('full', null);
    let since = await run('live', harness.definition.startCursor(object, beganAt));
    crm.mend();
    crm.clock.advance(1);
    since = await run('live', since);
    crm.mend();
    await walk(crm.open(), replica, { object, fields, lane: 'live', since, until: new Date(crm.clock.now()) });
    expect([...replica.records.keys()].sort()).toEqual([...ids].sort());
    for (const id of ids) expect(replica.records.get(id)?.fields[text]).toBe(crm.value(id, text));
  });
}

function schemaLaws({ definition }: Harness, object: string, start: (count: number) => Promise<Crm>): void {
  const owned = definition.ownedFields[object] ?? [];
  const never = (): AbortSignal => new AbortController().signal;

  test('our fields are created once, and described as we asked', async () => {
    await using crm = await start(1);
    const connector = crm.open();
    const first = await connector.ensureFields(object, owned, never());
    expect(first.map(({ field, status }) => ({ field, status }))).toEqual(
      owned.map(({ name }) => ({ field: name, status: 'created' })),
    );
    const second = await connector.ensureFields(object, owned, never());
    expect(new Set(second.map(({ status }) => status))).toEqual(new Set(['present']));
    const schema = new Map((await connector.describe(object, never())).map((field) => [field.name, field]));
    for (const { name, type, options } of owned) {
      expect(schema.get(name)).toMatchObject({ type, readOnly: false });
      if (options.length > 0) expect(schema.get(name)?.options).toEqual(options);
    }
  });

  test('a field that is not ours is left as it is', async () => {
    await using crm = await start(1);
    const [first, ...others] = owned;
    if (first === undefined) return;
    const foreign: FieldSpec = {
      ...first,
      type: first.type === 'text' ? 'number' : 'text',
      options: [],
      label: 'Theirs',
    };
    await crm.occupy(foreign);
    const connector = crm.open();
    const ensured = await connector.ensureFields(object, owned, never());
    expect(ensured.map(({ status }) => status)).toEqual(['conflict', ...others.map(() => 'created')]);
    const kept = (await connector.describe(object, never())).find(({ name }) => name === foreign.name);
    expect(kept).toMatchObject({ type: foreign.type, label: 'Theirs' });
  });
}

function checkLaw(harness: Harness): void {
  const { definition } = harness;
  const never = (): AbortSignal => new AbortController().signal;

  test('whoever is sent to the CRM to let us in comes back with what we gave along, for a login that there is', ({
    skip,
  }) => {
    const { consent } = definition;
    if (consent === null) return skip('a login is typed');
    const form = loginForms(definition).find(({ title }) => title === consent.login);
    expect(form?.fields.map(({ key }) => key)).toEqual(expect.arrayContaining([...consent.brings]));
    const app = { settings: {}, baseUrl: null, values: { clientId: 'an-app', clientSecret: 'its-secret' } };
    const request = { redirectUri: 'https://leads.acme.example/oauth/callback', state: 'acme.1.x', challenge: 'c' };
    const url = new URL(consent.authorizeUrl(app, request));
    expect(url.protocol).toBe('https:');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'an-app',
      redirect_uri: request.redirectUri,
      state: request.state,
    });
    expect(url.href).not.toContain('its-secret');
    expect(consent.authorizeUrl({ ...app, baseUrl: 'http://127.0.0.1:9' }, request)).toMatch(
      /^http:\/\/127\.0\.0\.1:9\//u,
    );
  });

  test('check finds nothing wrong where nothing is, and names the remedy where something is', async () => {
    await using crm = await harness.start({ leads: 200 });
    for (const [object, fields] of Object.entries(definition.ownedFields))
      await crm.open().ensureFields(object, fields, never());
    const healthy = await crm.open().check(never());
    expect(healthy.filter(({ level }) => level !== 'ok')).toEqual([]);
    crm.break('forbidden');
    const sick = await crm.open().check(never());
    const wrong = sick.filter(({ level }) => level === 'failure');
    expect(wrong).not.toEqual([]);
    for (const { remedy } of wrong) expect(remedy).not.toBe('');
  });
}

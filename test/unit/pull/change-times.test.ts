import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeTimes, companyChangeTimes, oldestOf } from '../../../src/pull/change-times.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 27, 12, minute));
const nothing = { since: at(0), modifiedAt: new Map<string, Date>(), causes: [], events: [] };

test('a lead is as old as the oldest record behind it', () => {
  const times = changeTimes({
    ...nothing,
    modifiedAt: new Map([
      ['1', at(9)],
      ['2', at(4)],
      ['3', at(1)],
    ]),
    causes: [
      { leadId: 'ada', externalId: '1' },
      { leadId: 'ada', externalId: '2' },
      { leadId: 'bob', externalId: '3' },
      { leadId: 'eve', externalId: 'not in the batch' },
    ],
  });
  expect(times).toEqual(
    new Map([
      ['ada', at(4)],
      ['bob', at(1)],
    ]),
  );
});

test('an event that somebody dates back is no older than the look before', () => {
  const events = [
    { leadId: 'ada', occurredAt: new Date(0) },
    { leadId: 'bob', occurredAt: at(7) },
  ];
  expect(changeTimes({ ...nothing, since: at(5), events })).toEqual(
    new Map([
      ['ada', at(5)],
      ['bob', at(7)],
    ]),
  );
});

test('a batch that is no news tells of no change', () => {
  const causes = [{ leadId: 'ada', externalId: '1' }];
  expect(changeTimes({ ...nothing, since: null, modifiedAt: new Map([['1', at(1)]]), causes })).toEqual(new Map());
});

test('in whatever order they come, the oldest of each lead is found', () => {
  const change = fc.tuple(fc.constantFrom('ada', 'bob', 'eve'), fc.nat(59).map(at));
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      for (const [leadId, oldest] of oldestOf(changes)) {
        const own = changes.filter(([id]) => id === leadId).map(([, when]) => when.getTime());
        expect(oldest.getTime()).toBe(Math.min(...own));
      }
      expect([...oldestOf(changes).keys()].toSorted()).toEqual([...new Set(changes.map(([id]) => id))].toSorted());
    }),
  );
});

test('a company is as old as the oldest of its records that changed, under the domain that they had before, too', () => {
  const records = [
    { modifiedAt: at(9), domains: ['acme.example', 'acme.example'] },
    { modifiedAt: at(4), domains: ['umbrella.example', 'acme.example'] },
    { modifiedAt: at(1), domains: [] },
  ];
  expect(companyChangeTimes(at(0), records)).toEqual(
    new Map([
      ['acme.example', at(4)],
      ['umbrella.example', at(4)],
    ]),
  );
  expect(companyChangeTimes(null, records).size).toBe(0);
});

import type { Value, Values } from '../schema/field.ts';
import type { Org } from '../store/org.ts';
import { dateOf } from '../time.ts';

const RESPONDED = ['Attended', 'Responded', 'Downloaded'];

type Derivation = (org: Org, values: Values, before: Values) => Values;

const person: Derivation = (_org, { FirstName, LastName }) => ({
  Name: [FirstName, LastName].filter((part) => typeof part === 'string').join(' '),
});

const member: Derivation = (org, values, before) => {
  const responded = RESPONDED.includes(String(values['Status']));
  const first = before['FirstRespondedDate'] ?? (responded ? dateOf(org.now()) : null);
  return {
    HasResponded: responded,
    FirstRespondedDate: first,
    LeadOrContactId: values['ContactId'] ?? values['LeadId'] ?? null,
  };
};

function accountOf(org: Org, { WhoId, WhatId }: Values): Value {
  const who = typeof WhoId === 'string' ? org.find(WhoId) : undefined;
  if (typeof WhatId === 'string' && WhatId.startsWith('001')) return WhatId;
  return who?.values['AccountId'] ?? null;
}

const task: Derivation = (org, values, before) => {
  const closed = values['Status'] === 'Completed';
  const completed = closed ? (before['CompletedDateTime'] ?? org.stamp()) : null;
  return { IsClosed: closed, CompletedDateTime: completed, AccountId: accountOf(org, values) };
};

const opportunity: Derivation = (_org, { StageName }) => ({
  IsClosed: String(StageName).startsWith('Closed'),
  IsWon: StageName === 'Closed Won',
});

/** An address that is not given is that of the person. */
const relation: Derivation = (org, { RelationId, RelationAddress }) => {
  const person = typeof RelationId === 'string' ? org.find(RelationId) : undefined;
  return {
    RelationObjectType: person?.object.name ?? null,
    RelationAddress: RelationAddress ?? person?.values['Email'] ?? null,
  };
};

const DERIVATIONS: Readonly<Record<string, Derivation>> = {
  Lead: person,
  Contact: person,
  User: person,
  CampaignMember: member,
  Task: task,
  EmailMessageRelation: relation,
  Event: (org, values) => ({ AccountId: accountOf(org, values) }),
  Opportunity: opportunity,
};

/** Read-only fields the platform fills in itself. */
export function derived(object: string, org: Org, values: Values, before: Values): Values {
  return DERIVATIONS[object]?.(org, values, before) ?? {};
}

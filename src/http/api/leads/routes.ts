import { Type } from 'typebox';
import type { ListedLead } from '../../../db/queries/list-leads.ts';
import { readLeadPushes } from '../../../db/queries/lead-pushes.ts';
import { readLeadValues } from '../../../db/queries/lead-records.ts';
import { readRules } from '../../../db/queries/read-rules.ts';
import { keyOf, type ReadBack } from '../../../leads/crm-values.ts';
import { findLeads } from '../../../leads/find-leads.ts';
import { crmValuesOf } from '../../../leads/read-back.ts';
import { type CrmRecord, crmRecords, mappingsOf, type Person, readPerson } from '../../../leads/read-person.ts';
import { sameValue } from '../../../mapping/write-policy.ts';
import { callerOf } from '../admit.ts';
import { answered, problems, secured } from '../describe.ts';
import { inOrg } from '../forms.ts';
import { scoreKey } from '../paging.ts';
import { unknownLead } from '../problem.ts';
import type { Routes } from '../routes.ts';
import { told } from '../told.ts';
import {
  crmAnswer,
  type CrmAnswer,
  inLead,
  leadAnswer,
  type LeadAnswer,
  leadLine,
  type LeadLine,
  leadList,
  type LeadList,
  leadQuery,
  receiptForm,
} from './schemas.ts';

const path = '/v1/orgs/:org/leads';
const read = { access: 'read' } as const;

/** /api/v1/orgs/ORG/leads */
export const leadRoutes: Routes = (app, { services }) => {
  const { database, definitions, now } = services;
  const crmValues = crmValuesOf(services);
  app.addSchema(leadLine);
  app.addSchema(receiptForm);
  app.addSchema(leadAnswer);

  app.get(path, { config: read, schema: schemas.list }, async (request): Promise<LeadList> => {
    const {
      limit = 50,
      after,
      search = '',
      status = null,
      tier = null,
      segment = null,
      connection = null,
    } = request.query;
    const words = search.replaceAll('\0', '').trim();
    const wish = {
      status,
      tier,
      segment,
      connection,
      limit,
      after: scoreKey(after),
      search: words === '' ? null : words,
    };
    const found = await database.transaction(callerOf(request).orgId, (tx) => findLeads(tx, wish));
    const { leads, exact, next, tiers, segments, connections } = found;
    return {
      leads: leads.map(lineOf),
      next: next === null ? null : `${next.score}.${next.id}`,
      exact: exact === null ? null : lineOf(exact),
      tiers,
      segments,
      connections,
    };
  });

  app.get(`${path}/:lead`, { config: read, schema: schemas.lead }, async (request): Promise<LeadAnswer> => {
    const { lead } = request.params;
    const context = { definitions, now: now() };
    const person = await database.transaction(callerOf(request).orgId, (tx) => readPerson(tx, lead, context));
    if (person === null) throw unknownLead();
    return answerOf(person);
  });

  app.get(`${path}/:lead/crm`, { config: read, schema: schemas.crm }, async (request): Promise<CrmAnswer> => {
    const { orgId } = callerOf(request);
    const { lead } = request.params;
    const { pushes, mappings } = await database.transaction(orgId, async (tx) => {
      if ((await readLeadValues(tx, lead)) === null) throw unknownLead();
      return { pushes: await readLeadPushes(tx, [lead]), mappings: mappingsOf(await readRules(tx), definitions) };
    });
    const back = await crmValues.of(orgId, pushes);
    const { readAt, problem } = back;
    const records = crmRecords(pushes, mappings).flatMap((record) => readBack(record, back));
    return { readAt: readAt?.toISOString() ?? null, problem, records };
  });
};

/** A record as its CRM has answered; none = it is gone there, or did not answer. */
function readBack(record: CrmRecord, { values }: ReadBack): CrmAnswer['records'] {
  const answer = values.get(keyOf(record));
  if (answer === undefined) return [];
  const { connection, object, externalId } = record;
  const fields = record.fields.map((field) => {
    const has = answer[field.name] ?? null;
    return { ...field, has, agrees: sameValue(field.wanted, has) };
  });
  return [told({ connection, object, externalId, fields })];
}

function lineOf(lead: ListedLead): LeadLine {
  return told(lead);
}

function answerOf({ lead, details, product, breakdowns, triggers, records, crm, ...person }: Person): LeadAnswer {
  const { facts: _facts, baseline: _baseline, ...known } = lead;
  const { held, missing } = triggers;
  const { whyNot, fields, transitions, events, history, ledger } = person;
  return told({
    lead: { ...known, ...details },
    receipts: breakdowns,
    signups: product.signups,
    account: product.account,
    triggers: {
      held,
      missing: missing.map(({ trigger: { id, label }, reached, needs }) => ({ id, label, reached, needs })),
    },
    whyNot,
    fields,
    records: records.map(({ connectionId: _id, mapped: _mapped, fields: _raw, ...record }) => record),
    crm: crm.map(({ connectionId: _id, runEndedAt: _ended, ...record }) => record),
    transitions,
    events,
    history,
    ledger,
  });
}

const tags = ['read'];

const schemas = {
  list: {
    operationId: 'list-leads',
    summary: 'Leads, best first',
    description:
      'A search or a filter looks at some thousand leads for each page, the best first: there may be fewer on it than asked for, or none, and `next` still goes on. Only null is the end.',
    tags,
    security: secured('read'),
    params: inOrg,
    querystring: leadQuery,
    response: { 200: answered('A page of leads.', leadList), ...problems(400, 401, 403, 404) },
  },
  lead: {
    operationId: 'lead',
    summary: 'Everything about one person',
    description: 'From what we hold: no CRM is asked.',
    tags,
    security: secured('read'),
    params: inLead,
    response: { 200: answered('The lead.', Type.Ref('Lead#')), ...problems(400, 401, 403, 404) },
  },
  crm: {
    operationId: 'lead-in-crm',
    summary: 'What the CRMs have of one person now',
    description: 'Asks them, at most once a minute for a record.',
    tags,
    security: secured('read'),
    params: inLead,
    response: { 200: answered('Its records.', crmAnswer), ...problems(400, 401, 403, 404) },
  },
};

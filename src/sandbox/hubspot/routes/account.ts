import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ACCEPTED_VERSIONS } from '../api-version.ts';
import type { Core } from '../core.ts';
import { notFound } from '../errors.ts';
import { afterParameter, limitParameter, parameter } from '../input.ts';
import { requireScopes } from '../pipeline.ts';

function details(core: Core): Record<string, unknown> {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: core.timeZone, timeZoneName: 'longOffset' });
  const zone = parts.formatToParts(core.clock.now()).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(zone) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
  return {
    portalId: core.store.portalId,
    accountType: 'DEVELOPER_TEST',
    timeZone: core.timeZone,
    companyCurrency: 'USD',
    additionalCurrencies: [],
    utcOffset: `${sign}${hours.padStart(2, '0')}:${minutes.padStart(2, '0')}`,
    utcOffsetMilliseconds: offset,
    uiDomain: 'app.hubspot.com',
    dataHostingLocation: 'na1',
  };
}

/** Archived owners need a call of their own. */
function owners(core: Core, request: FastifyRequest): unknown {
  requireScopes(request, ['crm.objects.owners.read']);
  const archived = parameter(request, 'archived') === 'true';
  const limit = limitParameter(request, { fallback: 100, max: 500 });
  const email = parameter(request, 'email');
  const after = afterParameter(request);
  const matching = core.store.owners.filter(
    (owner) =>
      owner.archived === archived && (email === undefined || owner.email === email) && Number(owner.id) >= after,
  );
  const next = matching[limit];
  const link = `https://api.hubapi.com/crm/v3/owners?limit=${limit}&after=${next?.id}`;
  return {
    results: matching.slice(0, limit),
    ...(next === undefined ? {} : { paging: { next: { after: next.id, link } } }),
  };
}

export function accountRoutes(app: FastifyInstance, core: Core): void {
  for (const version of ACCEPTED_VERSIONS) {
    app.get(`/account-info/${version}/details`, () => details(core));
    app.get(`/crm/owners/${version}`, (request) => owners(core, request));
    app.get(`/crm/owners/${version}/:id`, (request) => {
      requireScopes(request, ['crm.objects.owners.read']);
      const { id } = request.params as { id: string };
      const owner = core.store.owners.find((candidate) => candidate.id === id);
      if (owner === undefined) throw notFound(`Owner ${id} does not exist`);
      return owner;
    });
    // Write validation rules of the admin: this portal has none.
    app.get(`/crm/property-validations/${version}/:objectTypeId`, () => ({ results: [] }));
  }
}

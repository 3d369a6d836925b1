import { Type } from 'typebox';
import { answerConsent, beginConsent, readConsent } from '../../../connections/consent.ts';
import { callerOf } from '../admit.ts';
import { answered, problems, secured } from '../describe.ts';
import { inOrg } from '../forms.ts';
import { redirectUri } from '../redirect-uri.ts';
import type { Routes } from '../routes.ts';
import { consentAnswer, consentPlace, type ConsentState, consentWish, namedForms } from './schemas.ts';

const path = '/v1/orgs/:org/consents';
const admin = { access: 'admin' } as const;

/** /api/v1/orgs/ORG/consents: somebody lets leadloop in at a CRM, from a browser. */
export const consentRoutes: Routes = (app, { services }) => {
  for (const form of namedForms) app.addSchema(form);
  app.post(path, { config: admin, schema: schemas.begin }, async (request, reply) => {
    const begun = await beginConsent(services, callerOf(request), request.body, redirectUri(services, request));
    return reply.code(201).send({ ...begun, expiresAt: begun.expiresAt.toISOString() });
  });
  app.get(`${path}/:consent`, { config: admin, schema: schemas.read }, async (request): Promise<ConsentState> => {
    const { status, problem, expiresAt } = await readConsent(services, callerOf(request), request.params.consent);
    return { status, problem, expiresAt: expiresAt.toISOString() };
  });
  app.post(`${path}/answer`, { config: admin, schema: schemas.answer }, async (request, reply) => {
    const { state, code = null, error = null, errorDescription: description = null } = request.body;
    await answerConsent(services, callerOf(request), { state, code, error, description });
    return reply.code(204).send();
  });
};

const schemas = {
  begin: {
    operationId: 'begin-consent',
    summary: 'Let leadloop in at a CRM, from a browser',
    description:
      'OAuth 2.0, authorization code. Send a browser to `url`; the CRM sends it back to the `redirectUri` of the connectors, which has to be registered with the app. What it brings back goes to `answer-consent`; then `id` is the `consent` of a login.',
    tags: ['connections'],
    security: secured('admin'),
    params: inOrg,
    body: consentWish,
    response: {
      201: answered('It waits for a quarter of an hour.', Type.Ref('BegunConsent#')),
      ...problems(400, 401, 403, 404, 422),
    },
  },
  read: {
    operationId: 'read-consent',
    summary: 'Whether somebody has agreed',
    tags: ['connections'],
    security: secured('admin'),
    params: consentPlace,
    response: { 200: answered('How it stands.', Type.Ref('Consent#')), ...problems(400, 401, 403, 404) },
  },
  answer: {
    operationId: 'answer-consent',
    summary: 'What the CRM sent the browser back with',
    description: 'Taken once, and from whoever began.',
    tags: ['connections'],
    security: secured('admin'),
    params: inOrg,
    body: consentAnswer,
    response: {
      204: { description: 'Granted: it can be saved with a connection.' },
      ...problems(400, 401, 403, 404, 422, 502),
    },
  },
};

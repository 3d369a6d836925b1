import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { consentPage, refusalPage } from '../../server/consent-page.ts';
import { ACCEPTED_VERSIONS } from '../api-version.ts';
import type { Application } from '../auth.ts';
import type { Core } from '../core.ts';
import { isObject, parameter } from '../input.ts';

function form(request: FastifyRequest): Record<string, string | undefined> {
  const { body } = request;
  if (!isObject(body)) return {};
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]));
}

const wordsOf = (text = ''): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

function applicationOf(given: Record<string, string | undefined>): Application {
  return {
    clientId: given['client_id'] ?? '',
    redirectUri: given['redirect_uri'] ?? '',
    scopes: wordsOf(given['scope']),
    optionalScopes: wordsOf(given['optional_scope']),
  };
}

/** Lives on app.hubspot.com at the vendor, behind its sign-in. */
function authorizeRoutes(app: FastifyInstance, core: Core): void {
  const asked = ['client_id', 'redirect_uri', 'scope', 'optional_scope', 'state'];
  app.get('/oauth/authorize', (request, reply) => {
    const given = Object.fromEntries(asked.map((name) => [name, parameter(request, name) ?? '']));
    const application = applicationOf(given);
    const complaint = core.auth.complaint(application);
    if (complaint !== null) return refused(reply, complaint);
    const { clientId, scopes, optionalScopes } = application;
    const page = consentPage({
      title: `Connect ${clientId} to HubSpot account ${core.store.portalId}`,
      wishes: [...scopes, ...optionalScopes],
      action: '/oauth/authorize',
      hidden: given,
      allow: 'Connect app',
      deny: 'Cancel',
    });
    return htmlOf(reply, page);
  });
  app.post('/oauth/authorize', (request, reply) => {
    const { decision, state = '', ...given } = form(request);
    const application = applicationOf(given);
    const complaint = core.auth.complaint(application);
    if (complaint !== null) return refused(reply, complaint);
    const answer =
      decision === 'allow'
        ? { code: core.auth.authorise(application) }
        : { error: 'access_denied', error_description: 'User denied access' };
    const target = new URL(application.redirectUri);
    for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
    if (state !== '') target.searchParams.set('state', state);
    return reply.redirect(target.href, 302);
  });
}

function refused(reply: FastifyReply, complaint: string): FastifyReply {
  return htmlOf(reply.code(400), refusalPage('Authorization failed', complaint));
}

function htmlOf(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(page);
}

export function oauthRoutes(app: FastifyInstance, core: Core): void {
  authorizeRoutes(app, core);
  for (const version of ACCEPTED_VERSIONS) {
    app.post(`/oauth/${version}/token`, (request) => core.auth.token(form(request)));
    app.post(`/oauth/${version}/token/introspect`, (request) => core.auth.introspect(form(request)));
    app.post(`/oauth/${version}/token/revoke`, (request, reply) => {
      core.auth.revoke(form(request));
      return reply.code(200).send();
    });
  }
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ACCEPTED_VERSIONS } from '../api-version.ts';
import type { Core } from '../core.ts';
import { validationError } from '../errors.ts';
import { isObject, parameter } from '../input.ts';

function form(request: FastifyRequest): Record<string, string | undefined> {
  const { body } = request;
  if (!isObject(body)) return {};
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]));
}

export function oauthRoutes(app: FastifyInstance, core: Core): void {
  // Lives on app.hubspot.com at the vendor; a person's consent is taken for granted here.
  app.get('/oauth/authorize', (request, reply) => {
    const clientId = parameter(request, 'client_id') ?? '';
    const redirectUri = parameter(request, 'redirect_uri');
    const scopes = (parameter(request, 'scope') ?? '').split(/\s+/).filter((scope) => scope !== '');
    const state = parameter(request, 'state');
    if (redirectUri === undefined || !URL.canParse(redirectUri)) {
      throw validationError('missing or invalid redirect_uri');
    }
    const target = new URL(redirectUri);
    target.searchParams.set('code', core.auth.authorise(clientId, scopes));
    if (state !== undefined) target.searchParams.set('state', state);
    return reply.redirect(target.href);
  });
  for (const version of ACCEPTED_VERSIONS) {
    app.post(`/oauth/${version}/token`, (request) => core.auth.token(form(request)));
    app.post(`/oauth/${version}/token/introspect`, (request) => core.auth.introspect(form(request)));
    app.post(`/oauth/${version}/token/revoke`, (request, reply) => {
      core.auth.revoke(form(request));
      return reply.code(200).send();
    });
  }
}

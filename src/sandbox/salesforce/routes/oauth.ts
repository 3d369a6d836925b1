import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { oauthError, restError } from '../errors.ts';
import { isObject, param } from '../input.ts';
import { baseUrl } from './context.ts';

function form(request: FastifyRequest): Record<string, string | undefined> {
  if (!isObject(request.body)) throw oauthError('unsupported_grant_type', 'grant type not supported');
  const given = request.body as Record<string, string | undefined>;
  const basic = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic === undefined) return given;
  const [id, secret] = Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent);
  return { client_id: id, client_secret: secret, ...given };
}

/** Where the APIs of the org are; of them the sandbox serves `rest`, `sobjects`, `query` and `tooling_rest`. */
function addresses(base: string, orgId: string, userId: string): Record<string, string> {
  const rest = `${base}/services/data/v{version}`;
  const soap = (kind: string): string => `${base}/services/Soap/${kind}/{version}/${orgId.slice(0, 15)}`;
  return {
    enterprise: soap('c'),
    metadata: soap('m'),
    partner: soap('u'),
    rest: `${rest}/`,
    sobjects: `${rest}/sobjects/`,
    search: `${rest}/search/`,
    query: `${rest}/query/`,
    recent: `${rest}/recent/`,
    tooling_soap: soap('T'),
    tooling_rest: `${rest}/tooling/`,
    profile: `${base}/${userId}`,
    feeds: `${rest}/chatter/feeds`,
    groups: `${rest}/chatter/groups`,
    users: `${rest}/chatter/users`,
    feed_items: `${rest}/chatter/feed-items`,
    feed_elements: `${rest}/chatter/feed-elements`,
    custom_domain: base,
  };
}

/** Who the API user is, in the shape of OpenID userinfo. */
function userinfo(core: Core, request: FastifyRequest): Record<string, unknown> {
  const { userId, org } = core.world;
  const values = org.find(userId)?.values ?? {};
  const base = baseUrl(request);
  const orgId = core.orgId();
  return {
    sub: `${base}/id/${orgId}/${userId}`,
    user_id: userId,
    organization_id: orgId,
    preferred_username: values['Username'],
    nickname: 'integration',
    name: values['Name'],
    email: values['Email'],
    email_verified: true,
    given_name: values['FirstName'],
    family_name: values['LastName'],
    zoneinfo: 'UTC',
    photos: { picture: `${base}/profilephoto/005/F`, thumbnail: `${base}/profilephoto/005/T` },
    profile: `${base}/${userId}`,
    picture: `${base}/profilephoto/005/F`,
    address: {},
    is_salesforce_integration_user: true,
    urls: addresses(base, orgId, userId),
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
    updated_at: new Date(core.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}

export function oauthRoutes(app: FastifyInstance, core: Core): void {
  app.post('/services/oauth2/token', (request, reply) => {
    void reply.headers({ 'cache-control': 'no-cache, no-store', pragma: 'no-cache' });
    return core.auth.token(form(request), baseUrl(request));
  });
  app.post('/services/oauth2/revoke', (request, reply) => {
    core.auth.revoke(form(request)['token'] ?? '');
    return reply.code(200).send();
  });
  app.get('/services/oauth2/userinfo', (request) => userinfo(core, request));
  app.get('/id/:org/:user', (request) => {
    if (param(request, 'org') !== core.orgId()) throw restError(403, 'BAD_ID', 'Bad_OAuth_Token');
    const { preferred_username: username, name, ...rest } = userinfo(core, request);
    return { ...rest, id: rest['sub'], asserted_user: true, username, display_name: name };
  });
}

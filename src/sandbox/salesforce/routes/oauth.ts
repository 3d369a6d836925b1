import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { consentPage, refusalPage } from '../../server/consent-page.ts';
import type { Asked } from '../auth.ts';
import type { Core } from '../core.ts';
import { oauthError, restError } from '../errors.ts';
import { isObject, param, parameter } from '../input.ts';
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

const authorizePath = '/services/oauth2/authorize';
const authorizeFields = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
];

/** The web server flow, without the sign-in that the vendor has before it. */
function authorizeRoutes(app: FastifyInstance, core: Core): void {
  app.get(authorizePath, (request, reply) => {
    const given = authorizeFields.map((name) => [name, parameter(request, name)] as const);
    const fields = Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
    const asked = core.auth.asks(fields);
    if (asked.to !== 'consent') return refused(reply, fields, asked);
    const page = consentPage({
      title: 'Allow Access?',
      wishes: asked.scopes,
      action: authorizePath,
      hidden: fields,
      allow: 'Allow',
      deny: 'Deny',
    });
    return reply.type('text/html; charset=UTF-8').send(page);
  });
  app.post(authorizePath, (request, reply) => {
    const { decision, ...fields } = form(request);
    const asked = core.auth.asks(fields);
    if (asked.to !== 'consent') return refused(reply, fields, asked);
    if (decision !== 'allow') return sentBack(reply, fields, denied);
    return sentBack(reply, fields, { code: core.auth.authorise(fields) });
  });
}

const denied = { error: 'access_denied', error_description: 'end-user denied authorization' };
type Fields = Readonly<Record<string, string | undefined>>;

function refused(reply: FastifyReply, fields: Fields, asked: Exclude<Asked, { to: 'consent' }>): FastifyReply {
  const { error, description } = asked;
  if (asked.to === 'app') return sentBack(reply, fields, { error, error_description: description });
  const text = `error=${error}&error_description=${encodeURIComponent(description)}`;
  return reply.code(400).type('text/html; charset=UTF-8').send(refusalPage('OAuth Error', text));
}

function sentBack(reply: FastifyReply, fields: Fields, answer: Readonly<Record<string, string>>): FastifyReply {
  const target = new URL(fields['redirect_uri'] ?? '');
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
  if (fields['state'] !== undefined) target.searchParams.set('state', fields['state']);
  return reply.redirect(target.href, 302);
}

export function oauthRoutes(app: FastifyInstance, core: Core): void {
  authorizeRoutes(app, core);
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

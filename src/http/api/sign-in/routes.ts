import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Attempt, SingleSignOn } from '../../../access/single-sign-on.ts';
import { startSession } from '../../../access/sessions.ts';
import { AppError, placeOf } from '../../../model/errors.ts';
import { problems } from '../describe.ts';
import type { RouteContext, Routes } from '../routes.ts';

const path = '/v1/sign-in';
const open = { access: 'open' } as const;

/** How long somebody may take at the provider, in s. */
const attemptSeconds = 600;
const attemptCookie = 'leadloop-sign-in';

/** GET /api/v1/sign-in: to the provider of single sign-on, and back. */
export const signInRoutes: Routes = (app, context) => {
  app.get(path, { config: open, schema: schemas.begin }, async (request, reply) =>
    orProblem(context, reply, async () => {
      const { url, attempt } = await providerOf(context).begin(redirectUri(context, request));
      keep(context, reply, { ...attempt, to: ownPath(request.query.to) });
      return reply.redirect(url, 302);
    }),
  );
  app.get(`${path}/callback`, { config: open, schema: schemas.finish }, async (request, reply) =>
    orProblem(context, reply, async () => {
      const answer = new URL(request.raw.url ?? '', redirectUri(context, request));
      const { to, ...attempt } = attemptOf(request.cookies[attemptCookie]);
      reply.clearCookie(attemptCookie, { path: `/api${path}` });
      const accountId = await providerOf(context).finish(answer, attempt);
      const { token, expiresAt } = await startSession(context.services, accountId);
      context.cookies.set(reply, token, expiresAt);
      return reply.redirect(ownPath(to), 302);
    }),
  );
};

/** A person looks at this, so they are sent to a page that says what was wrong. */
async function orProblem(
  { services }: RouteContext,
  reply: FastifyReply,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    services.log('warn', 'single sign-on failed', { code: error.code, place: placeOf(error.cause ?? error) });
    return reply.redirect(`/sign-in?problem=${error.code}`, 302);
  }
}

function providerOf({ services }: RouteContext): SingleSignOn {
  if (services.singleSignOn !== null) return services.singleSignOn;
  throw new AppError('sso-missing', 'There is no single sign-on here.', {
    recovery: 'fix-config',
    remedy: 'Sign in with a password; an operator sets it up by LEADLOOP_OIDC_ISSUER.',
  });
}

/** What has to be registered with the provider. */
function redirectUri({ services }: RouteContext, request: FastifyRequest): string {
  return `${services.publicUrl ?? `http://${request.host}`}/api${path}/callback`;
}

/** What the browser keeps meanwhile: also where its reader was going. */
interface Kept extends Attempt {
  readonly to: string;
}

function keep({ services }: RouteContext, reply: FastifyReply, attempt: Kept): void {
  reply.setCookie(attemptCookie, Buffer.from(JSON.stringify(attempt)).toString('base64url'), {
    path: `/api${path}`,
    httpOnly: true,
    sameSite: 'lax',
    secure: services.publicUrl?.startsWith('https:') === true,
    maxAge: attemptSeconds,
  });
}

const attemptForm = Type.Object({
  state: Type.String(),
  nonce: Type.String(),
  verifier: Type.String(),
  to: Type.String(),
});
const nobodys: Kept = { state: 'none', nonce: 'none', verifier: 'none', to: '/' };

/** Whatever else came is nobody's: no answer fits it. */
function attemptOf(text: string | undefined): Kept {
  try {
    const sent = JSON.parse(Buffer.from(text ?? '', 'base64url').toString()) as unknown;
    return Value.Check(attemptForm, sent) ? sent : nobodys;
  } catch {
    return nobodys;
  }
}

const maxPath = 1000;

/** A path of this server, else its beginning: `//` and `/\` would name another one, and browsers leave out tabs and line ends. */
function ownPath(wish = '/'): string {
  return wish.length <= maxPath && /^\/(?![/\\])[!-~]*$/u.test(wish) ? wish : '/';
}

const redirected = {
  302: { description: 'To the provider, to the console, or to the page that says what was wrong.' },
};

const schemas = {
  begin: {
    operationId: 'begin-single-sign-on',
    summary: 'Sign in at the provider of single sign-on',
    description: 'For browsers: OpenID Connect, authorization code with PKCE.',
    tags: ['access'],
    security: [],
    querystring: Type.Object({
      to: Type.Optional(
        Type.String({
          description: 'The page to go to afterwards: a path such as /orgs/acme/leads; anything else is /.',
        }),
      ),
    }),
    response: { ...redirected, ...problems(400) },
  },
  finish: {
    operationId: 'finish-single-sign-on',
    summary: 'Where the provider sends the browser back',
    tags: ['access'],
    security: [],
    querystring: Type.Object({}, { additionalProperties: true }),
    response: { ...redirected, ...problems() },
  },
};

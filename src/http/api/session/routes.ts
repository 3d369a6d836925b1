import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { changePassword } from '../../../access/change-password.ts';
import { choosePassword } from '../../../access/links.ts';
import { endSession, resumeSession, startSession } from '../../../access/sessions.ts';
import { setUp } from '../../../access/set-up.ts';
import { signIn } from '../../../access/sign-in.ts';
import { hasAccounts } from '../../../db/queries/console-accounts.ts';
import type { SessionRow } from '../../../db/queries/console-sessions.ts';
import { listOrgs } from '../../../db/queries/directory.ts';
import { sessionOf } from '../admit.ts';
import { answered, problems } from '../describe.ts';
import { notSignedIn } from '../problem.ts';
import type { RouteContext, Routes } from '../routes.ts';
import {
  changePasswordForm,
  choosePasswordForm,
  type Session,
  session,
  setUpForm,
  signInForm,
  type Welcome,
  welcome,
} from './schemas.ts';

const tags = ['access'];
const open = { access: 'open' } as const;
const signedIn = { access: 'signed-in' } as const;
const ofBrowser = [{ session: [] }];
const answer = { 200: answered('You are signed in; the cookie is set.', Type.Ref('Session#')) };
const nothing = { 204: { description: 'Done.' } };

/** /api/v1/session and what leads there. */
export const sessionRoutes: Routes = (app, context) => {
  const { services, cookies } = context;
  app.addSchema(session);
  app.addSchema(welcome);
  app.get('/v1/welcome', { config: open, schema: schemas.welcome }, async (): Promise<Welcome> => {
    const [isSetUp, orgs] = await services.database.operator(
      async (tx) => [await hasAccounts(tx), await listOrgs(tx)] as const,
    );
    return { isSetUp, hasOrg: orgs.length > 0, singleSignOn: services.singleSignOn?.label ?? null };
  });
  app.post('/v1/set-up', { config: open, schema: schemas.setUp }, async (request, reply) => {
    const { org = null, ...wish } = request.body;
    return begin(context, reply, await setUp(services, { ...wish, org }));
  });
  app.post('/v1/password', { config: open, schema: schemas.choosePassword }, async (request, reply) =>
    begin(context, reply, await choosePassword(services, request.body)),
  );
  app.post('/v1/session', { config: open, schema: schemas.signIn }, async (request, reply) =>
    begin(context, reply, await signIn(services, { ...request.body, address: request.ip })),
  );
  app.get('/v1/session', { config: signedIn, schema: schemas.session }, async (request) => told(sessionOf(request)));
  app.put('/v1/session/password', { config: signedIn, schema: schemas.changePassword }, async (request, reply) => {
    const { accountId, email } = sessionOf(request);
    const wish = { ...request.body, accountId, email, address: request.ip };
    await changePassword(services, wish);
    return begin(context, reply, accountId);
  });
  app.delete('/v1/session', { config: open, schema: schemas.signOut }, async (request, reply) => {
    await end(context, request);
    cookies.clear(reply);
    return reply.code(204).send();
  });
};

/** A session that was not there before, whatever the browser came with. */
async function begin({ services, cookies }: RouteContext, reply: FastifyReply, accountId: string): Promise<Session> {
  const { token, expiresAt } = await startSession(services, accountId);
  cookies.set(reply, token, expiresAt);
  const row = await resumeSession(services, token);
  if (row === null) throw notSignedIn();
  return told(row);
}

async function end({ services, cookies }: RouteContext, request: FastifyRequest): Promise<void> {
  const token = cookies.read(request);
  if (token !== null) await endSession(services, token);
}

function told({ email, name, memberships }: SessionRow): Session {
  return { email, name, orgs: memberships.map(({ slug, name, role }) => ({ slug, name, role })) };
}

const schemas = {
  welcome: {
    operationId: 'welcome',
    summary: 'Whether there is somebody to sign in',
    tags,
    security: [],
    response: { 200: answered('How far set-up is.', Type.Ref('Welcome#')) },
  },
  setUp: {
    operationId: 'set-up',
    summary: 'Make the first account',
    description: 'With the one-time link that the first start prints. The account is an admin of every organisation.',
    tags,
    security: [],
    body: setUpForm,
    response: { ...answer, ...problems(400, 403, 410, 422) },
  },
  choosePassword: {
    operationId: 'choose-password',
    summary: 'Choose a password with a one-time link',
    description: 'All other sessions of the account end.',
    tags,
    security: [],
    body: choosePasswordForm,
    response: { ...answer, ...problems(400, 403, 410, 422) },
  },
  signIn: {
    operationId: 'sign-in',
    summary: 'Sign in',
    tags,
    security: [],
    body: signInForm,
    response: { ...answer, ...problems(400, 401, 403, 429) },
  },
  session: {
    operationId: 'session',
    summary: 'Who is signed in',
    tags,
    security: ofBrowser,
    response: { 200: answered('You, and what you may do where.', Type.Ref('Session#')), ...problems(401) },
  },
  changePassword: {
    operationId: 'change-password',
    summary: 'Change your password',
    description: 'All other sessions of the account end.',
    tags,
    security: ofBrowser,
    body: changePasswordForm,
    response: { ...answer, ...problems(400, 401, 403, 422, 429) },
  },
  signOut: {
    operationId: 'sign-out',
    summary: 'Sign out',
    description: 'A second time it changes nothing.',
    tags,
    security: [],
    response: { ...nothing, ...problems(403) },
  },
};

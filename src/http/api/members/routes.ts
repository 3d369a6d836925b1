import { Type } from 'typebox';
import type { OneTimeLink } from '../../../access/links.ts';
import { changeRole, expel, invite, relink } from '../../../access/members.ts';
import { listMembers } from '../../../db/queries/memberships.ts';
import { callerOf } from '../admit.ts';
import { answered, problems, secured } from '../describe.ts';
import { inOrg, slugForm } from '../forms.ts';
import type { RouteContext, Routes } from '../routes.ts';
import {
  invitation,
  type LinkAnswer,
  member,
  type MemberList,
  memberList,
  oneTimeLink,
  roleChange,
} from './schemas.ts';

const path = '/v1/orgs/:org/members';
const admin = { access: 'admin' } as const;
const read = { access: 'read' } as const;

/** /api/v1/orgs/ORG/members */
export const memberRoutes: Routes = (app, context) => {
  const { services } = context;
  app.addSchema(member);
  app.addSchema(oneTimeLink);
  app.get(path, { config: read, schema: schemas.list }, async (request): Promise<MemberList> => {
    const { orgId } = callerOf(request);
    const rows = await services.database.operator((tx) => listMembers(tx, orgId));
    return {
      members: rows.map(({ accountId, lastSeenAt, ...row }) => ({
        id: accountId,
        ...row,
        lastSeenAt: lastSeenAt?.toISOString() ?? null,
      })),
    };
  });
  app.post(path, { config: admin, schema: schemas.invite }, async (request, reply) => {
    const link = await invite(services, callerOf(request), request.body);
    return reply.code(201).send(linkAnswer(link, context));
  });
  app.put(`${path}/:member`, { config: admin, schema: schemas.role }, async (request, reply) => {
    await changeRole(services, callerOf(request), { accountId: request.params.member, role: request.body.role });
    return reply.code(204).send();
  });
  app.post(`${path}/:member/link`, { config: admin, schema: schemas.link }, async (request) =>
    linkAnswer(await relink(services, callerOf(request), request.params.member), context),
  );
  app.delete(`${path}/:member`, { config: admin, schema: schemas.remove }, async (request, reply) => {
    await expel(services, callerOf(request), request.params.member);
    return reply.code(204).send();
  });
};

/** A path where we do not know under which address people reach us: the browser does. */
function linkAnswer(link: OneTimeLink | null, { services }: RouteContext): LinkAnswer {
  if (link === null) return { url: null, expiresAt: null };
  return { url: `${services.publicUrl ?? ''}${link.path}`, expiresAt: link.expiresAt.toISOString() };
}

const tags = ['access'];
const memberParams = Type.Object({ org: slugForm, member: Type.String({ format: 'uuid' }) });
const done = { 204: { description: 'Done.' } };

const schemas = {
  list: {
    operationId: 'list-members',
    summary: 'Who may use the console',
    tags,
    security: secured('read'),
    params: inOrg,
    response: { 200: answered('Members, by address.', memberList), ...problems(401, 403, 404) },
  },
  invite: {
    operationId: 'invite-member',
    summary: 'Invite somebody',
    description: 'Answers with a link by which they choose a password. Nobody else is told it: hand it on.',
    tags,
    security: secured('admin'),
    params: inOrg,
    body: invitation,
    response: { 201: answered('The link.', Type.Ref('OneTimeLink#')), ...problems(400, 401, 403, 404, 409) },
  },
  role: {
    operationId: 'change-role',
    summary: 'Change what a member may do',
    tags,
    security: secured('admin'),
    params: memberParams,
    body: roleChange,
    response: { ...done, ...problems(400, 401, 403, 404, 409) },
  },
  link: {
    operationId: 'link-member',
    summary: 'Make a new link for a lost password',
    tags,
    security: secured('admin'),
    params: memberParams,
    response: {
      200: answered('The link; the one before holds no more.', Type.Ref('OneTimeLink#')),
      ...problems(401, 403, 404, 409),
    },
  },
  remove: {
    operationId: 'remove-member',
    summary: 'Remove a member',
    tags,
    security: secured('admin'),
    params: memberParams,
    response: { ...done, ...problems(401, 403, 404, 409) },
  },
};

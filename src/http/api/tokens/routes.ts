import { Type } from 'typebox';
import type { TokenScope } from '../../../access/access.ts';
import { issueToken, tokensOf, withdrawToken } from '../../../access/tokens.ts';
import { callerOf } from '../admit.ts';
import { answered, problems, secured } from '../describe.ts';
import { inOrg, slugForm } from '../forms.ts';
import type { Routes } from '../routes.ts';
import { apiToken, type IssuedToken, issuedToken, type TokenList, tokenList, tokenWish } from './schemas.ts';

const path = '/v1/orgs/:org/tokens';
const admin = { access: 'admin' } as const;

/** /api/v1/orgs/ORG/tokens */
export const tokenRoutes: Routes = (app, { services }) => {
  app.addSchema(apiToken);
  app.addSchema(issuedToken);
  app.get(path, { config: admin, schema: schemas.list }, async (request): Promise<TokenList> => {
    const rows = await tokensOf(services, callerOf(request).orgId);
    return {
      tokens: rows.map(({ name, createdAt, ...row }) => ({
        name,
        scopes: [...row.scopes] as TokenScope[],
        createdAt: createdAt.toISOString(),
        expiresAt: row.expiresAt?.toISOString() ?? null,
        revokedAt: row.revokedAt?.toISOString() ?? null,
        lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      })),
    };
  });
  app.post(path, { config: admin, schema: schemas.create }, async (request, reply) => {
    const { expiresAt, scopes, ...issued } = await issueToken(services, callerOf(request), request.body);
    const answer: IssuedToken = { ...issued, scopes: [...scopes], expiresAt: expiresAt?.toISOString() ?? null };
    return reply.code(201).send(answer);
  });
  app.delete(`${path}/:name`, { config: admin, schema: schemas.revoke }, async (request, reply) => {
    await withdrawToken(services, callerOf(request), request.params.name);
    return reply.code(204).send();
  });
};

const tags = ['access'];

const schemas = {
  list: {
    operationId: 'list-tokens',
    summary: 'The tokens that let programs in',
    tags,
    security: secured('admin'),
    params: inOrg,
    response: { 200: answered('Tokens, by name; never what they are.', tokenList), ...problems(401, 403, 404) },
  },
  create: {
    operationId: 'create-token',
    summary: 'Make a token',
    tags,
    security: secured('admin'),
    params: inOrg,
    body: tokenWish,
    response: { 201: answered('The token.', Type.Ref('IssuedToken#')), ...problems(400, 401, 403, 404, 409) },
  },
  revoke: {
    operationId: 'revoke-token',
    summary: 'Revoke a token',
    tags,
    security: secured('admin'),
    params: Type.Object({ org: slugForm, name: slugForm }),
    response: { 204: { description: 'It lets nobody in any more.' }, ...problems(401, 403, 404) },
  },
};

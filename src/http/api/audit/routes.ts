import { readAudit } from '../../../db/queries/read-audit.ts';
import { callerOf } from '../admit.ts';
import { answered, problems, secured } from '../describe.ts';
import { inOrg } from '../forms.ts';
import { pageOf, wholeKey } from '../paging.ts';
import type { Routes } from '../routes.ts';
import { auditEntry, type AuditPage, auditPage, auditQuery } from './schemas.ts';

/** /api/v1/orgs/ORG/audit */
export const auditRoutes: Routes = (app, { services }) => {
  app.addSchema(auditEntry);
  app.get('/v1/orgs/:org/audit', { config: { access: 'admin' }, schema }, async (request): Promise<AuditPage> => {
    const { limit = 50, after, about = null } = request.query;
    const wish = { before: wholeKey(after), about, limit: limit + 1 };
    const rows = await services.database.transaction(callerOf(request).orgId, (tx) => readAudit(tx, wish));
    const { items, next } = pageOf(rows, limit, ({ id }) => String(id));
    return { entries: items.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })), next };
  });
};

const schema = {
  operationId: 'audit',
  summary: 'Who changed what',
  description: 'The newest first, with what it was before and after.',
  tags: ['access'],
  security: secured('admin'),
  params: inOrg,
  querystring: auditQuery,
  response: { 200: answered('A page of changes.', auditPage), ...problems(400, 401, 403, 404) },
};

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { notFound, VendorError } from '../errors.ts';
import { limitParameter, listParameter, parameter } from '../input.ts';
import { requireScopes } from '../pipeline.ts';
import type { EmailEvent, Form } from '../store/portal.ts';

/** Cursors of these older APIs are opaque; this one is an offset in base64. */
function readCursor(cursor: string | undefined): number {
  return cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64url').toString() || 0);
}

function cursor(offset: number): string {
  return Buffer.from(String(offset)).toString('base64url');
}

function page(rows: readonly unknown[], { limit, after }: { limit: number; after: string | undefined }): unknown {
  const offset = readCursor(after);
  const next = offset + limit;
  return {
    results: rows.slice(offset, next),
    ...(next < rows.length ? { paging: { next: { after: cursor(next) } } } : {}),
  };
}

function wireForm(form: Form): unknown {
  return {
    ...form,
    archived: false,
    fieldGroups: [{ groupType: 'default_group', richTextType: 'text' }],
    configuration: { language: 'en', cloneable: true, editable: true, archivable: true },
    displayOptions: { renderRawHtml: false, theme: 'default_style' },
    legalConsentOptions: { type: 'none' },
  };
}

/** Without `formTypes` only those of type hubspot come. */
function forms(core: Core, request: FastifyRequest): unknown {
  requireScopes(request, ['forms']);
  const types = listParameter(request, 'formTypes') ?? ['hubspot'];
  const wanted = core.store.forms.filter((form) => types.includes('all') || types.includes(form.formType));
  const limit = limitParameter(request, { fallback: 20, max: 500 });
  return page(wanted.map(wireForm), { limit, after: parameter(request, 'after') });
}

function submissions(core: Core, request: FastifyRequest): unknown {
  requireScopes(request, ['forms']);
  const { guid } = request.params as { guid: string };
  const form = core.store.forms.find((candidate) => candidate.id === guid);
  if (form === undefined) throw notFound(`No form with guid ${guid}`);
  if (form.formType === 'blog_comment') {
    throw new VendorError(400, {
      status: 'error',
      message: `Form type ${form.formType} is not allowed`,
      errors: [{ message: 'The form type is not allowed', code: 'FORM_TYPE_NOT_ALLOWED' }],
      category: 'VALIDATION_ERROR',
    });
  }
  const limit = limitParameter(request, { fallback: 20, max: 50 });
  return page(core.store.submissions.get(guid) ?? [], { limit, after: parameter(request, 'after') });
}

/** `endTimestamp` is inclusive. */
function eventFilter(request: FastifyRequest): (event: EmailEvent) => boolean {
  const start = Number(parameter(request, 'startTimestamp') ?? 0);
  const end = Number(parameter(request, 'endTimestamp') ?? Infinity);
  const eventType = parameter(request, 'eventType');
  const recipient = parameter(request, 'recipient')?.toLowerCase();
  return (event) =>
    event.created >= start &&
    event.created <= end &&
    (eventType === undefined || event.type === eventType) &&
    (recipient === undefined || event.recipient === recipient);
}

/** Newest first, as the e-mail events API lists. */
function emailEvents(core: Core, request: FastifyRequest): unknown {
  requireScopes(request, ['content']);
  const limit = limitParameter(request, { fallback: 10, max: 1_000 });
  const events = core.store.emailEvents.filter(eventFilter(request)).toReversed();
  const start = readCursor(parameter(request, 'offset'));
  const next = start + limit;
  return { hasMore: next < events.length, offset: cursor(next), events: events.slice(start, next) };
}

export function marketingRoutes(app: FastifyInstance, core: Core): void {
  app.get('/marketing/v3/forms', (request) => forms(core, request));
  app.get('/form-integrations/v1/submissions/forms/:guid', (request) => submissions(core, request));
  app.get('/email/public/v1/events', (request) => emailEvents(core, request));
}

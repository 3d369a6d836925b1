import { createHash } from 'node:crypto';
import {
  countsAs,
  emptyPage,
  type EngagementEvent,
  type EngagementType,
  type PullBatch,
  type PullRequest,
  RequestError,
} from 'leadloop/connector-sdk';
import { encodeCursor, windowPosition, type WindowPosition } from './cursor.ts';
import { listForms, listSubmissions } from './endpoints.ts';
import { beginning, schemaAgeMs, submissionLookBackMs } from './limits.ts';
import type { HubSpotObject } from './objects.ts';
import type { Session } from './session.ts';
import type { WireForm, WireSubmission } from './wire.ts';

/*
 * Submissions are listed form by form, newest first, with no filter: each form is read until it is older than the last
 * pass. That is one call a form where nothing is new; HubSpot has no cheaper way. A submission that turns up later than its
 * date says is caught by looking an hour further back than needed, which costs no call until 50 come in an hour.
 *
 * The cursor (from, end, `FORM AFTER`) names the form and the page that come next. Forms are taken in order of id, so a form
 * that appears or goes between two runs disturbs no other. New submissions push old ones to later pages: twice, never lost.
 */

type KnownForm = WireForm & { readonly type: EngagementType };

export async function* pullForms(
  session: Session,
  { object }: HubSpotObject,
  request: PullRequest,
): AsyncGenerator<PullBatch, void, void> {
  const position = windowPosition(request.since, beginning);
  const pass = passFrom(position, request.until.getTime());
  const oldest = pass.from - submissionLookBackMs;
  const start = formPosition(pass.at);
  const forms = (await countedForms(session, object, request)).filter(({ id }) => id >= start.form);

  for (const form of forms) {
    let after = form.id === start.form ? start.after : null;
    do {
      const page = await submissions(session, form, { after, signal: request.signal });
      const recent = page.results.filter(({ submittedAt }) => submittedAt >= oldest);
      after = recent.length < page.results.length ? null : (page.paging?.next?.after ?? null);
      const events = recent.map((submission) => event(form, submission));
      if (after !== null) yield { ...emptyPage, events, cursor: encodeCursor(at(pass, form.id, after)), done: false };
      else if (events.length > 0)
        yield { ...emptyPage, events, cursor: encodeCursor(at(pass, `${form.id}~`, '')), done: false };
    } while (after !== null);
  }
  yield {
    ...emptyPage,
    cursor: encodeCursor({ kind: 'window', from: Math.max(pass.from, pass.end), end: null, at: '' }),
    done: true,
  };
}

interface Pass {
  readonly from: number;
  readonly end: number;
  readonly at: string;
}

function passFrom({ from, end, at }: WindowPosition, until: number): Pass {
  return { from, end: Math.min(end ?? until, until), at };
}

/** `FORM~` sorts after the form and before the next: ids are hexadecimal with dashes. */
function at({ from, end }: Pass, form: string, after: string): WindowPosition {
  return { kind: 'window', from, end, at: `${form} ${after}` };
}

function formPosition(at: string): { readonly form: string; readonly after: string | null } {
  const [form = '', after = ''] = at.split(' ');
  return { form, after: after === '' ? null : after };
}

/** The forms that an event rule counts, with what a submission of each is. The list is an hour old at most. */
async function countedForms(
  { client, context }: Session,
  object: string,
  request: PullRequest,
): Promise<readonly KnownForm[]> {
  const forms = await context.cache.through('forms', schemaAgeMs, async () => {
    const found: WireForm[] = [];
    let after: string | null = null;
    do {
      const { results, paging } = await listForms(client, after, request.signal);
      found.push(
        ...results.map(({ id, name, formType }) => ({ id, name, ...(formType === undefined ? {} : { formType }) })),
      );
      after = paging?.next?.after ?? null;
    } while (after !== null);
    return found;
  });
  return forms
    .filter(({ formType }) => formType !== 'blog_comment')
    .flatMap((form) => {
      const type = countsAs(request.events, object, { name: form.name });
      return type === null || type === 'nothing' ? [] : [{ ...form, type }];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Some types of forms have no submissions to read (400), and a form of the cached list may be gone (404). */
async function submissions(
  { client }: Session,
  form: WireForm,
  { after, signal }: { readonly after: string | null; readonly signal: AbortSignal },
): ReturnType<typeof listSubmissions> {
  return listSubmissions(client, form.id, after, signal).catch((error: unknown) => {
    if (error instanceof RequestError && (error.status === 404 || error.category === 'FORM_TYPE_NOT_ALLOWED'))
      return { results: [] };
    throw error;
  });
}

/** Pure. The contact is known by its e-mail address alone. */
function event(form: KnownForm, submission: WireSubmission): EngagementEvent {
  const address = submission.values.find(
    ({ name, objectTypeId = '0-1' }) => name === 'email' && objectTypeId === '0-1',
  )?.value;
  const email = address?.trim().toLowerCase() || null;
  return {
    externalId: `forms:${submission.conversionId ?? fingerprint(form.id, submission.submittedAt, email)}`,
    type: form.type,
    occurredAt: new Date(submission.submittedAt),
    quantity: 1,
    contactIds: [],
    email,
    detail: form.name,
  };
}

/** Where HubSpot gives no id. A hash, because an id must not show an address. */
function fingerprint(form: string, submittedAt: number, email: string | null): string {
  return createHash('sha256')
    .update(`${form} ${submittedAt} ${email ?? ''}`)
    .digest('hex')
    .slice(0, 32);
}

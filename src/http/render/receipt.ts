import type { Cause } from '../../model/lifecycle.ts';
import { html, type Html } from '../html.ts';
import type { Receipt } from '../page-reader.ts';
import { type BreakdownTitle, renderBreakdown } from './breakdown.ts';
import { renderProduct } from './product.ts';
import { renderReadBack, renderRecord } from './crm.ts';
import { instant, shown, table, text } from './format.ts';

/** One lead: every point of its score, what followed from it, and what the CRM was told. */
export function renderReceipt(receipt: Receipt, org: string): Html {
  const { lead, breakdowns } = receipt;
  return html`<p><a href="/?org=${org}">← All leads</a></p>
    <h1><bdi>${lead.name ?? lead.email ?? 'Nameless lead'}</bdi></h1>
    <div id="receipt" data-live>
      ${renderFacts(receipt)}
      ${breakdowns.length === 0 ? notScored : breakdowns.map((one) => renderBreakdown(one, receiptOf(one.profile.kind)))}
      ${renderQualification(receipt)} ${renderProduct(receipt.product)}
      <h2>In the CRM</h2>
      ${renderReadBack(receipt)}
      ${receipt.crm.length === 0 ? nothing('Nothing is written for this lead: no mapping under `out`, or no live record.') : receipt.crm.map(renderRecord)}
      <h2>Lifecycle</h2>
      ${renderTransitions(receipt)}
      <h2>Score history</h2>
      ${renderHistory(receipt)}
      <h2>Writes</h2>
      ${renderLedger(receipt)}
      <h2>Latest engagement</h2>
      ${renderEvents(receipt)}
    </div>`;
}

function receiptOf(kind: string): BreakdownTitle {
  return { id: `score-${kind}`, title: `${kind} score` };
}

const notScored = nothing('Not scored yet: the next sync scores it.');

function nothing(sentence: string): Html {
  return html`<p class="quiet">${sentence}</p>`;
}

function renderFacts({ lead, sources }: Receipt): Html {
  const records = sources.map(
    ({ connection, object, externalId, goneAt }) =>
      html`<div>
        ${connection} ${object}
        ${externalId}${goneAt === null ? '' : html` <span class="warn">gone since ${instant(goneAt)}</span>`}
      </div>`,
  );
  const facts: readonly (readonly [string, Html])[] = [
    ['E-mail', text(lead.email)],
    ['Title', text(lead.title)],
    ['Company', text(lead.companyName)],
    ['Status', html`<span class="badge">${lead.status}</span>`],
    ['Segment', text(lead.segment)],
    ['MQL since', lead.mqlAt === null ? text(null) : instant(lead.mqlAt)],
    ['Records', html`${records}`],
  ];
  return html`<dl class="figures state">
    ${facts.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function renderQualification({ triggers, breakdowns, lead }: Receipt): Html {
  const held = breakdowns.find(({ profile }) => profile.kind === 'mql')?.mqlBy ?? [];
  const latched =
    lead.status === 'recycled'
      ? html`<p>Sales has recycled it: only what it has done since counts.</p>`
      : held.length === 0 && lead.mqlAt !== null
        ? html`<p>It qualified on ${instant(lead.mqlAt)}; a score that falls does not undo that.</p>`
        : '';
  return html`<h2>Qualification</h2>
    ${latched}
    <ul>
      ${triggers.map(({ id, label }) =>
        held.includes(id)
          ? html`<li><span class="good">✓ ${label}</span></li>`
          : html`<li class="quiet">${label}: not yet</li>`,
      )}
    </ul>`;
}

function renderTransitions({ transitions }: Receipt): Html {
  if (transitions.length === 0) return nothing('Still new: the first engagement or an MQL trigger moves it on.');
  const columns = [{ label: 'When' }, { label: 'Move' }, { label: 'Because' }];
  const rows = transitions.map(
    ({ at, from, to, cause }) =>
      html`<tr>
        <td>${instant(at)}</td>
        <td>${from} → ${to}</td>
        <td>${because(cause)}</td>
      </tr>`,
  );
  return table(
    'transitions',
    'Every move, oldest first',
    columns,
    html`<tbody>
      ${rows}
    </tbody>`,
  );
}

function because(cause: Cause): string {
  switch (cause.type) {
    case 'trigger':
      return `trigger ${cause.triggerIds.join(', ')}`;
    case 'engagement':
      return 'first engagement';
    case 'crm':
      return `the CRM says ${cause.value}`;
    case 'operator':
      return `${cause.actor}: ${cause.note}`;
  }
}

function renderHistory({ history }: Receipt): Html {
  if (history.length === 0) return nothing('No score has been kept yet.');
  const columns = [
    { label: 'When' },
    { label: 'Profile' },
    { label: 'Score', isNumber: true } as const,
    { label: 'Tier' },
    { label: 'Why' },
  ];
  const rows = history.map(
    ({ at, kind, before, total, tier, reason }) =>
      html`<tr>
        <td>${instant(at)}</td>
        <td>${kind}</td>
        <td class="number">${before === null ? '' : `${before} → `}${total}</td>
        <td>${tier}</td>
        <td>${text(reason)}</td>
      </tr>`,
  );
  return table(
    'history',
    'Every change, newest first',
    columns,
    html`<tbody>
      ${rows}
    </tbody>`,
  );
}

function renderLedger({ ledger }: Receipt): Html {
  if (ledger.length === 0) return nothing('Nothing has been written to the CRM yet.');
  const columns = ['When', 'Field', 'Before', 'After', 'Why', 'Outcome'].map((label) => ({ label }));
  const rows = ledger.map(
    ({ sentAt, connection, field, before, after, why, outcome, outcomeReason }) =>
      html`<tr>
        <td>${instant(sentAt)}</td>
        <th scope="row">
          ${field}
          <div class="quiet">${connection}</div>
        </th>
        <td>${shown(before)}</td>
        <td class="why">${shown(after)}</td>
        <td class="why">${text(why)}</td>
        <td>
          ${outcome ?? 'in doubt'}
          <div class="quiet">${outcomeReason}</div>
        </td>
      </tr>`,
  );
  return table(
    'ledger',
    'Every write to the CRM, newest first',
    columns,
    html`<tbody>
      ${rows}
    </tbody>`,
  );
}

function renderEvents({ events }: Receipt): Html {
  if (events.length === 0) return nothing('No dated engagement is known; counters of the CRM may still score above.');
  const columns = [
    { label: 'When' },
    { label: 'What' },
    { label: 'How many', isNumber: true } as const,
    { label: 'Detail' },
  ];
  const rows = events.map(
    ({ occurredAt, type, quantity, detail }) =>
      html`<tr>
        <td>${instant(occurredAt)}</td>
        <td>${type.replaceAll('_', ' ')}</td>
        <td class="number">${quantity}</td>
        <td>${text(detail)}</td>
      </tr>`,
  );
  return table(
    'events',
    'Newest first, fifty at most',
    columns,
    html`<tbody>
      ${rows}
    </tbody>`,
  );
}

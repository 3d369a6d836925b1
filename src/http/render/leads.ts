import { leadStatuses } from '../../model/lead.ts';
import { html, type Html } from '../html.ts';
import type { LeadLine, LeadPage, LeadQuery } from '../page-reader.ts';
import { renderBrief, renderReadBack } from './crm.ts';
import { table, text } from './format.ts';

export interface LeadsView {
  readonly org: string;
  readonly query: LeadQuery;
  readonly page: LeadPage;
  readonly tiers: readonly string[];
  /** Leads there are, whatever the filter. */
  readonly total: number;
  /** Connections of the organisation. */
  readonly connections: number;
}

/** The filter and the table of leads, best score first. */
export function renderLeads(view: LeadsView): Html {
  return html`<h2>Leads</h2>
    ${renderFilter(view)}
    <div id="leads" data-live>${renderTable(view)}</div>`;
}

function renderFilter({ org, query, tiers }: LeadsView): Html {
  return html`<form class="filter" method="get" action="/" role="search" aria-label="Leads">
    <input type="hidden" name="org" value="${org}" />
    <div>
      <label for="q">Search name, address, title, company</label>
      <input id="q" name="q" type="search" maxlength="200" value="${query.search}" />
    </div>
    <div><label for="status">Status</label>${select('status', leadStatuses, query.status)}</div>
    <div><label for="tier">Tier</label>${select('tier', tiers, query.tier)}</div>
    <div><button type="submit">Show</button></div>
  </form>`;
}

function select(name: string, values: readonly string[], chosen: string | null): Html {
  const option = (value: string): Html =>
    value === chosen ? html`<option selected>${value}</option>` : html`<option>${value}</option>`;
  return html`<select id="${name}" name="${name}">
    <option value="">any</option>
    ${values.map(option)}
  </select>`;
}

const columns = [
  { label: 'Score' },
  { label: 'Lead' },
  { label: 'Status' },
  { label: 'Why' },
  { label: 'In the CRM: score · tier · status' },
];

function renderTable(view: LeadsView): Html {
  const { org, query, page, total, connections } = view;
  if (page.leads.length === 0) return total === 0 ? noLeads : noMatch(org);
  const caption = `${page.leads.length} leads, highest score first${query.after === null ? '' : ', continued'}`;
  const rows = page.leads.map((lead) => renderLine(lead, { org, isNamed: connections > 1 }));
  return html`${renderReadBack(page)}
    ${table(
      'leads',
      caption,
      columns,
      html`<tbody>
        ${rows}
      </tbody>`,
    )}
    <nav class="pages" aria-label="Pages">
      ${query.after === null ? '' : html`<a href="${link(org, { ...query, after: null })}">First page</a>`}
      ${page.next === null ? '' : html`<a rel="next" href="${link(org, { ...query, after: page.next })}">Next ${page.leads.length}</a>`}
    </nav>`;
}

const noLeads = html`<div class="note">
  <p><strong>No leads yet.</strong></p>
  <p>They appear with the first sync: <code>leadloop sync CONNECTION</code>, or wait for the next run above.</p>
</div>`;

function noMatch(org: string): Html {
  return html`<div class="note">
    <p><strong>No lead fits the filter.</strong> <a href="/?org=${org}">Show all leads</a></p>
  </div>`;
}

function renderLine(lead: LeadLine, { org, isNamed }: { readonly org: string; readonly isNamed: boolean }): Html {
  const { id, name, email, companyName, title, status, segment, score, tier, reason, crm } = lead;
  const who = [name, email].find((each) => each !== null && each.trim() !== '') ?? 'nameless lead';
  return html`<tr>
    <td><span class="score">${score}</span><br />${text(tier)}</td>
    <th scope="row" class="lead">
      <a href="/leads/${id}?org=${org}"><bdi>${who}</bdi></a>
      <div class="quiet">${text(title)}<br />${text(companyName)}</div>
    </th>
    <td>
      <span class="badge">${status}</span>
      <div class="quiet">${text(segment)}</div>
    </td>
    <td class="why">${text(reason)}</td>
    <td class="crm">${renderBrief(crm, isNamed)}</td>
  </tr>`;
}

function link(org: string, { status, tier, search, after }: LeadQuery): string {
  const parameters = { org, status, tier, q: search, after: after === null ? null : `${after.score}.${after.id}` };
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null);
  return `/?${new URLSearchParams(given).toString()}`;
}

import { html, type Html } from '../html.ts';
import type { SignupLine, SignupPage, SignupQuery } from '../page-reader.ts';
import { grouped, points, table, text } from './format.ts';

export interface SignupsView {
  readonly org: string;
  readonly query: SignupQuery;
  readonly page: SignupPage;
  readonly tiers: readonly string[];
}

/** Signups of companies, the best product score first: who, how they use the product, and what to do. */
export function renderSignups(view: SignupsView): Html {
  return html`<h1>Signups</h1>
    <nav class="filter" aria-label="Tier">${[null, ...view.tiers].map((tier) => tierLink(view, tier))}</nav>
    <div id="signups" data-live>${renderTable(view)}</div>`;
}

function tierLink({ org, query }: SignupsView, tier: string | null): Html {
  const current = tier === query.tier ? html` aria-current="page"` : '';
  return html`<a href="${link(org, { tier, after: null })}" ${current}>${tier ?? 'every tier'}</a> `;
}

const columns = [
  { label: 'Score' },
  { label: 'Company' },
  { label: 'Champion' },
  { label: 'Usage' },
  { label: 'What to do' },
];

function renderTable({ org, query, page }: SignupsView): Html {
  if (page.signups.length === 0) return query.tier === null && query.after === null ? noSignups : noMatch(org);
  const caption = `${page.signups.length} signups with a company’s address, highest score first${query.after === null ? '' : ', continued'}`;
  return html`${table(
      'signups-table',
      caption,
      columns,
      html`<tbody>
        ${page.signups.map((line) => renderLine(line, org))}
      </tbody>`,
    )}
    <nav class="pages" aria-label="Pages">
      ${query.after === null ? '' : html`<a href="${link(org, { ...query, after: null })}">First page</a>`}
      ${page.next === null ? '' : html`<a rel="next" href="${link(org, { ...query, after: page.next })}">Next signups</a>`}
    </nav>`;
}

const noSignups = html`<div class="note">
  <p><strong>Nobody has signed up yet.</strong></p>
  <p>
    Signups and usage come in by <code>leadloop import</code>, by the API, or from a query against your own database:
    <code>docs/product-data.md</code> shows how. To try it:
    <code>leadloop import signups config/examples/plg/signups.csv</code>
  </p>
</div>`;

function noMatch(org: string): Html {
  return html`<div class="note">
    <p><strong>No signup is of this tier.</strong> <a href="/signups?org=${org}">Show all signups</a></p>
  </div>`;
}

function renderLine(line: SignupLine, org: string): Html {
  const { leadId, total_score, tier, company_name, company_domain, industry, employee_count, champion_name, email } =
    line;
  const who = champion_name ?? email;
  const size = employee_count === null ? '' : `, ${grouped(employee_count)} people`;
  return html`<tr>
    <td><span class="score">${total_score}</span><br />${text(tier)}</td>
    <th scope="row" class="lead">
      <bdi>${company_name ?? company_domain}</bdi>
      <div class="quiet">${text(industry)}${size}</div>
    </th>
    <td>
      ${leadId === null ? html`<bdi>${who}</bdi>` : html`<a href="/leads/${leadId}?org=${org}"><bdi>${who}</bdi></a>`}
    </td>
    <td class="quiet">${renderUsage(line)}</td>
    <td class="why">${text(line.suggested_action)}</td>
  </tr>`;
}

function renderUsage({
  billing_tier,
  project_count,
  api_calls_30d,
  api_call_growth_pct,
  features_used,
}: SignupLine): Html {
  const parts = [
    billing_tier,
    project_count === null ? null : `${grouped(project_count)} projects`,
    api_calls_30d === null ? null : `${grouped(api_calls_30d)} API calls`,
    api_call_growth_pct === null ? null : `${api_call_growth_pct > 0 ? '+' : ''}${points(api_call_growth_pct)} %`,
    features_used.join(', ') || null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? text(null) : html`${parts.join(' · ')}`;
}

function link(org: string, { tier, after }: SignupQuery): string {
  const parameters = { org, tier, after: after === null ? null : `${after.score}.${after.id}` };
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null);
  return `/signups?${new URLSearchParams(given).toString()}`;
}

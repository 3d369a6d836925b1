import type { ExplainedAccount, ExplainedSignup, ProductStory } from '../../plg/explain-product.ts';
import { html, type Html } from '../html.ts';
import { renderBreakdown } from './breakdown.ts';
import { instant } from './format.ts';

/** The product side of a lead: each signup's score, and that of the company; nothing where nobody has signed up. */
export function renderProduct({ signups, account }: ProductStory): Html {
  return html`${signups.map(renderSignup)} ${account === null ? '' : renderAccount(account)}`;
}

function renderSignup({ id, breakdown, signedUpAt, source, usageAt, isCompanyEmail }: ExplainedSignup): Html {
  const from = source === null ? '' : ` from ${source}`;
  const usage = usageAt === null ? html`no usage is known` : html`usage of ${instant(usageAt)}`;
  return html`${renderBreakdown(breakdown, { id: `signup-${id}`, title: 'plg score' })}
    <p class="quiet">
      Signed up ${instant(signedUpAt)}${from};
      ${usage}${isCompanyEmail ? '' : '; a private address, which counts for no company'}.
    </p>`;
}

function renderAccount({ domain, companyName, people, topSharePct, topName, breakdown }: ExplainedAccount): Html {
  const share = topSharePct === null ? '' : ` ${topSharePct} % of the API calls come from ${topName ?? 'one person'}.`;
  // Of one person alone it would be the same receipt again.
  if (people === 1) {
    const { total, tier } = breakdown;
    return html`<p>
      The account ${companyName ?? domain} has the same score, ${total} ${tier}: one person has signed up.
    </p>`;
  }
  return html`${renderBreakdown(breakdown, { id: 'account', title: `plg score of the account ${companyName ?? domain}` })}
    <p class="quiet">${domain}: ${people} people taken together.${share}</p>`;
}

import type { ComponentScore, Contribution, ScoreBreakdown } from '../../model/score.ts';
import { html, type Html } from '../html.ts';
import { instant, points, shown, table, text } from './format.ts';

export interface BreakdownTitle {
  /** Of the table, unique in the page. */
  readonly id: string;
  readonly title: string;
}

/** A score with the receipt for every point. */
export function renderBreakdown(breakdown: ScoreBreakdown, { id, title }: BreakdownTitle): Html {
  const { profile, total, tier, reason, action, confidence, scoredAt, components, contributions } = breakdown;
  const columns = [
    { label: 'Rule' },
    { label: 'Input' },
    { label: 'Date' },
    { label: 'Earned', isNumber: true } as const,
    { label: 'Counted', isNumber: true } as const,
  ];
  const groups = components.map((component) =>
    renderComponent(
      component,
      contributions.filter((each) => each.component === component.name),
    ),
  );
  const caption = `Profile ${profile.name}, version ${profile.version}. Earned is after a rule's own cap, counted after its component's.`;
  return html`<h2>${title} <span class="score">${total}</span> ${tier}</h2>
    <p>
      ${text(reason)} <span class="quiet">Scored ${instant(scoredAt)}; ${confidence} % of what counts is known.</span>
    </p>
    ${action === null ? '' : html`<p><strong>What to do:</strong> ${action}</p>`} ${table(id, caption, columns, groups)}`;
}

function renderComponent(
  { name, earned, counted, max, weightPercent }: ComponentScore,
  lines: readonly Contribution[],
): Html {
  const weight = weightPercent === 100 ? '' : ` × ${weightPercent} %`;
  return html`<tbody>
    <tr class="group">
      <th scope="rowgroup" colspan="3">${name}</th>
      <td class="number">${points(earned)}</td>
      <td class="number">${points(counted)} of ${points(max)}${weight}</td>
    </tr>
    ${
      lines.length === 0
        ? html`<tr>
            <td colspan="5" class="quiet">nothing that counts here yet</td>
          </tr>`
        : lines.map(renderLine)
    }
  </tbody>`;
}

function renderLine({ label, input, observedAt, earned, counted }: Contribution): Html {
  return html`<tr>
    <td>${label}</td>
    <td>${shown(input)}</td>
    <td>${observedAt === null ? text(null) : observedAt.slice(0, 10)}</td>
    <td class="number">${points(earned)}</td>
    <td class="number">${points(counted)}</td>
  </tr>`;
}

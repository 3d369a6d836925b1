import type { ScorePreview } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, count, grouped, shown, table } from '../text.ts';

const barWidth = 30;
const labels = ['0–9', '10–19', '20–29', '30–39', '40–49', '50–59', '60–69', '70–79', '80–89', '90–100'];

/** How the scores would lie, before and after, and who would cross into MQL. */
export function renderScorePreview(preview: ScorePreview, style: Style): string {
  const { kind, leads, changed, before, after, becomeMql, wouldNotBeMql, movers } = preview;
  const most = Math.max(1, ...before, ...after);
  const rows = labels.map((label, index) => {
    const [old, fresh] = [before[index] ?? 0, after[index] ?? 0];
    return [
      label,
      grouped(old),
      grouped(fresh),
      signed(fresh - old),
      style.dim('█'.repeat(Math.ceil((fresh * barWidth) / most))),
    ];
  });
  const head = ['score', 'before', 'after', 'change', ''].map(style.dim);
  const moves = movers.map(({ leadId, before, after }) => [shown(leadId), shown(before), '→', String(after)]);
  return blocks([
    `${style.bold(`profile ${kind}`)}  ${count(changed, 'score')} of ${count(leads, kind === 'plg' ? 'signup' : 'lead')} would change`,
    table([head, ...rows], ['left', 'right', 'right', 'right', 'left']),
    kind === 'mql' ? `${count(becomeMql, 'lead')} would become MQL.${stays(wouldNotBeMql)}` : '',
    moves.length === 0 ? '' : `${style.dim('the greatest moves')}\n${table(moves, ['left', 'right', 'left', 'right'])}`,
  ]);
}

// MQL is latched: a lead does not lose it because a score fell.
function stays(leads: number): string {
  return leads === 0 ? '' : ` ${count(leads, 'lead')} would not qualify any more, and stay MQL all the same.`;
}

function signed(number: number): string {
  if (number === 0) return '';
  return `${number > 0 ? '+' : '−'}${grouped(Math.abs(number))}`;
}

import { leadStatuses } from '../../model/lead.ts';
import { html, type Html } from '../html.ts';
import type { ConnectionState, LastRun, Overview } from '../page-reader.ts';
import { count, duration, grouped, relative } from './format.ts';

/** The state of the loop: one box for each connection, and the leads by status. */
export function renderOverview({ connections, leads }: Overview, now: Date): Html {
  if (connections.length === 0) return noConnections;
  const total = Object.values(leads).reduce((sum, number) => sum + number, 0);
  const byStatus = leadStatuses.flatMap((status) =>
    leads[status] === undefined ? [] : `${grouped(leads[status])} ${status}`,
  );
  return html`<div id="state" data-live>
    ${connections.map((connection) => renderConnection(connection, now))}
    <p>${count(total, 'lead')}${byStatus.length === 0 ? '' : `: ${byStatus.join(', ')}`}.</p>
  </div>`;
}

const noConnections = html`<div class="note" id="state" data-live>
  <p><strong>No CRM is connected yet.</strong></p>
  <p>
    Name one in <code>config/leadloop.yaml</code> and run <code>leadloop apply config/leadloop.yaml</code>. To try it
    without a CRM, run <code>npm start</code>: it brings sandboxes along.
  </p>
</div>`;

function renderConnection(connection: ConnectionState, now: Date): Html {
  const { name, kind, baseUrl, lastRun, succeededAt, pushMode } = connection;
  const figures: readonly (readonly [string, Html | string])[] = [
    ['Loop', loopState(connection, now)],
    ['Last run', lastRun === null ? 'none yet' : runState(lastRun, now)],
    ['Did', lastRun === null ? '–' : did(lastRun)],
    ['Freshness', succeededAt === null ? 'not synced yet' : html`in step with the CRM ${relative(succeededAt, now)}`],
    [
      'Waiting writes',
      pushMode === 'plan'
        ? `${grouped(connection.pendingWrites)} (push.mode is plan)`
        : grouped(connection.pendingWrites),
    ],
    [
      'Rejected',
      connection.rejected === 0 ? 'none' : html`${grouped(connection.rejected)}: <code>leadloop rejected</code>`,
    ],
    ['API calls today', grouped(connection.apiCallsToday)],
  ];
  return html`<section class="state" aria-label="${name}">
    <h2>${name} <span class="quiet">${kind}${baseUrl === null ? '' : ` at ${baseUrl}`}</span></h2>
    <dl class="figures">
      ${figures.map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    ${failure(lastRun)}
  </section>`;
}

function loopState({ schedule, pausedReason, nextRunAt, lastRun }: ConnectionState, now: Date): Html {
  if (pausedReason !== null) return html`<span class="warn">${pausedReason}</span>`;
  if (lastRun?.status === 'running') return html`<span class="good">running now</span>`;
  if (nextRunAt !== null) return html`next run ${relative(nextRunAt, now)}`;
  return schedule === null
    ? html`by hand: <code>leadloop sync</code>`
    : html`scheduled (${schedule}), not in this process`;
}

function runState({ status, startedAt, endedAt }: LastRun, now: Date): Html {
  const paint = { succeeded: 'good', partial: 'warn', failed: 'bad', cancelled: 'warn', running: 'quiet' }[status];
  const took = endedAt === null ? '' : `, took ${duration(endedAt.getTime() - startedAt.getTime())}`;
  return html`<span class="${paint}">${status}</span> ${relative(endedAt ?? startedAt, now)}${took}`;
}

function did({ counts }: LastRun): string {
  const { pulled = 0, scored = 0, pushed = 0, apiCalls = 0 } = counts;
  return `${grouped(pulled)} read, ${grouped(scored)} scored, ${grouped(pushed)} written, ${count(apiCalls, 'API call')}`;
}

function failure(run: LastRun | null): Html | string {
  if (run?.failure === null || run?.failure === undefined) return '';
  const { code, message, remedy } = run.failure;
  return html`<div class="note bad">
    <p><strong>The last run stopped:</strong> ${message} <span class="quiet">[${code}]</span></p>
    ${remedy === undefined ? html`<p>Run <code>leadloop check</code> to see what to do.</p>` : html`<p>${remedy}</p>`}
  </div>`;
}

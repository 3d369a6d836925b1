import type { Settings } from '../../config/settings.ts';
import type { ShownLead } from '../../leads/showcase.ts';
import type { App } from '../app-port.ts';
import type { DemoSandbox } from './demo.ts';
import type { StartReport, Try } from './report.ts';

/** Of the leads in the report, and of the signups. */
const best = { leads: 10, signups: 5 };

/** The best leads and signups, and for each sandbox somebody with room above who might ask for a demo there. */
export async function someLeads(
  app: App,
  settings: Settings,
  sandboxes: readonly DemoSandbox[],
): Promise<Omit<StartReport, 'runs'>> {
  const showcase = await app.showcase();
  if (showcase === null) return { leads: [], signups: [], tries: [] };
  const { org, leads, engaged, signups } = showcase;
  const connections = settings.orgs.find(({ slug }) => slug === org)?.connections ?? [];
  const tries: Try[] = [];
  for (const sandbox of sandboxes) {
    const names = connections.filter(({ baseUrl }) => baseUrl === sandbox.url).map(({ name }) => name);
    const others = engaged.filter(({ id }) => !tries.some(({ lead }) => lead.id === id));
    const found = tryAt(sandbox, others, names);
    if (found !== null) tries.push(found);
  }
  return { leads: leads.slice(0, best.leads), signups: signups.slice(0, best.signups), tries };
}

/** Somebody whom several CRMs know shows most: what happens in one is scored in all. */
function tryAt(sandbox: DemoSandbox, leads: readonly ShownLead[], connections: readonly string[]): Try | null {
  const recordOf = ({ crm }: ShownLead) => crm.find(({ connection }) => connections.includes(connection));
  const known = leads.filter((lead) => lead.name !== null && recordOf(lead) !== undefined);
  const lead = known.findLast(({ crm }) => new Set(crm.map(({ connection }) => connection)).size > 1) ?? known.at(-1);
  const record = lead && recordOf(lead);
  if (lead === undefined || record === undefined) return null;
  const { path, body } = sandbox.askForDemo(record);
  return { crm: sandbox.label, lead, url: `${sandbox.url}${path}`, body };
}

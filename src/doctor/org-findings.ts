import type { CheckFinding } from '../connector-sdk/connector.ts';
import type { UnsentAlerts } from '../db/queries/alerts.ts';
import type { HealthOf } from '../db/queries/health.ts';
import { pauseText } from '../health/what-runs.ts';
import { type Health, type Pause, spokenName } from '../model/health.ts';
import { failure, ok, warning } from './findings.ts';

export function pauseFinding(org: string, pause: Pause): CheckFinding {
  return warning(`organisation ${org}`, pauseText(pause), `leadloop resume --org ${org}`);
}

/** How a connection or a source stands: by its last runs, and by what people have paused of it. Pure. */
export function standingFinding(
  type: HealthOf['type'],
  { org, name }: { readonly org: string; readonly name: string },
  { health, pauses }: { readonly health: Health | null; readonly pauses: readonly Pause[] },
): CheckFinding {
  const subject = `${type} ${org}/${name}`;
  if (health !== null && health.state !== 'healthy') {
    const state = health.state === 'paused' ? 'paused' : `failing, ${health.failuresInRow} times in a row`;
    const say = health.state === 'paused' ? failure : warning;
    return say(subject, `${state}: ${health.message ?? ''}`, health.remedy ?? `leadloop check ${name}`);
  }
  const [pause] = pauses;
  return pause === undefined
    ? ok(subject, 'active')
    : warning(subject, pauseText(pause), `leadloop resume ${spokenName(type, name)}`);
}

export interface OrgWork {
  readonly org: string;
  readonly dead: readonly { readonly connection: string; readonly dead: number }[];
  readonly alerts: UnsentAlerts;
}

/** Work that got stuck. Pure. */
export function workFindings({ org, dead, alerts }: OrgWork): CheckFinding[] {
  const found = dead.map(({ connection, dead: writes }) =>
    warning(
      `writes of ${org}/${connection}`,
      `${writes} refused by the CRM; leadloop rejected says why`,
      `leadloop rejected retry ${connection}`,
    ),
  );
  const { waiting, givenUp, lastError } = alerts;
  if (waiting + givenUp === 0 || (lastError === null && givenUp === 0)) return found;
  const message = `${waiting} wait, ${givenUp} given up: ${lastError ?? 'not tried yet'}`;
  const remedy = `curl -X POST -H 'content-type: application/json' -d '{"text":"leadloop"}' "$LEADLOOP_ALERT_URL"`;
  return [...found, warning(`alerts of ${org}`, message, remedy)];
}

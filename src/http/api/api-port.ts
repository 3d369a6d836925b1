/** What the API asks for. `create-api.ts` reads it from the database. */
import type { RandomBytes } from '../../access/secret-token.ts';
import type { SingleSignOn } from '../../access/single-sign-on.ts';
import type { SessionServices } from '../../connection.ts';
import type { DashboardQuery, DashboardRow } from '../../db/queries/read-dashboard.ts';
import type { IngestRequest, TakenIn } from '../../ingest/take-in.ts';
import type { OrgId } from '../../model/values.ts';
import type { Wake } from '../../daemon.ts';

export interface ApiOptions {
  readonly api: ApiPort;
  readonly console: ConsoleServices;
  readonly now: () => Date;
  readonly log: (level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface ApiPort {
  takeIn(orgId: OrgId, request: IngestRequest): Promise<TakenIn>;
  dashboard(orgId: OrgId, query: DashboardQuery): Promise<readonly DashboardRow[]>;
}

/** What the routes of the console work with. */
export interface ConsoleServices extends SessionServices {
  /** Null = people sign in with a password of ours. */
  readonly singleSignOn: SingleSignOn | null;
  readonly randomBytes: RandomBytes;
  /** Where people reach the console; null = on this machine only. */
  readonly publicUrl: string | null;
  /** Null = this process has no queue. */
  readonly wake: Wake | null;
}

/** What the API asks for. `create-api.ts` reads it from the database. */
import type { TokenHolder } from '../../db/queries/api-tokens.ts';
import type { DashboardQuery, DashboardRow } from '../../db/queries/read-dashboard.ts';
import type { IngestRequest, TakenIn } from '../../ingest/take-in.ts';
import type { OrgId } from '../../model/values.ts';

export interface ApiOptions {
  readonly api: ApiPort;
  readonly now: () => Date;
  readonly log: (level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface ApiPort {
  /** Null = the token lets nobody in. */
  holderOf(token: string): Promise<TokenHolder | null>;
  takeIn(orgId: OrgId, request: IngestRequest): Promise<TakenIn>;
  dashboard(orgId: OrgId, query: DashboardQuery): Promise<readonly DashboardRow[]>;
}

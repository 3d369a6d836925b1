import { readDashboard } from '../../db/queries/read-dashboard.ts';
import { type IngestServices, takeIn } from '../../ingest/take-in.ts';
import { ingestTurns } from '../../ingest/turns.ts';
import type { ApiPort } from './api-port.ts';

export function createApi(services: IngestServices): ApiPort {
  const inTurn = ingestTurns();
  return {
    takeIn: (orgId, request) => inTurn(orgId, request.rows.length, () => takeIn(services, orgId, request)),
    dashboard: (orgId, query) => services.database.transaction(orgId, (tx) => readDashboard(tx, query)),
  };
}

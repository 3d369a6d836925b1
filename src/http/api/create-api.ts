import { readDashboard } from '../../db/queries/read-dashboard.ts';
import { type IngestServices, takeIn } from '../../ingest/take-in.ts';
import type { ApiPort } from './api-port.ts';

export function createApi(services: IngestServices): ApiPort {
  return {
    takeIn: (orgId, request) => takeIn(services, orgId, request),
    dashboard: (orgId, query) => services.database.transaction(orgId, (tx) => readDashboard(tx, query)),
  };
}

import { openConnection, type SessionServices } from '../connection.ts';
import { CrmValues } from './crm-values.ts';

/** Somebody waits: after that they are shown what we know ourselves. */
const timeoutMs = 10_000;

/** What CRMs have now: asked through the connections, and remembered for a while. */
export function crmValuesOf(services: SessionServices): CrmValues {
  return new CrmValues(async (orgId, name, request) => {
    await using session = await openConnection(services, orgId, name);
    return await session.connector.read({ ...request, signal: AbortSignal.timeout(timeoutMs) });
  }, services.now);
}

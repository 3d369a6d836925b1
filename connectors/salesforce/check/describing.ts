import { PermissionError, RequestError } from 'leadloop/connector-sdk';
import { describeObject } from '../endpoints.ts';
import type { Session } from '../session.ts';
import type { WireDescribe } from '../wire.ts';

/** Describes an object as it is now; null = it cannot be read, or is not there. */
export type Describe = (object: string) => Promise<WireDescribe | null>;

/** Each object once, however often it is asked for. */
export function describing({ client }: Session, signal: AbortSignal): Describe {
  const asked = new Map<string, Promise<WireDescribe | null>>();
  return (object) => {
    const known = asked.get(object) ?? describeObject(client, object, signal).catch(unlessOutOfReach);
    asked.set(object, known);
    return known;
  };
}

function unlessOutOfReach(error: unknown): null {
  if (error instanceof PermissionError || (error instanceof RequestError && error.status === 404)) return null;
  throw error;
}

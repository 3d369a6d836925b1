import type { FastifyRequest } from 'fastify';
import type { ConsoleServices } from './api-port.ts';

/** Where a CRM sends browsers back to: a page of the console. It has to be registered with the app there, letter for letter. */
export function redirectUri({ publicUrl }: Pick<ConsoleServices, 'publicUrl'>, request: FastifyRequest): string {
  return `${publicUrl ?? `http://${request.host}`}/oauth/callback`;
}

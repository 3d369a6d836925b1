import type { FastifyInstance } from 'fastify';
import { ACCEPTED_VERSIONS } from '../api-version.ts';
import type { Core } from '../core.ts';
import { bodyObject } from '../input.ts';
import { bodyLength } from '../pipeline.ts';
import { readSearch } from '../search/request.ts';
import { search } from '../search/search.ts';
import { tableOf } from './objects.ts';

export function searchRoutes(app: FastifyInstance, core: Core): void {
  for (const version of ACCEPTED_VERSIONS) {
    app.post(`/crm/objects/${version}/:objectType/search`, (request) => {
      const table = tableOf(core, request, 'read');
      return search(core.store, table, readSearch(bodyObject(request), bodyLength(request)));
    });
  }
}

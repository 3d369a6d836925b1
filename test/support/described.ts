import { Value } from 'typebox/value';
import { openApiDocument } from '../../src/http/api/openapi-document.ts';

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly schema: { readonly format?: string; readonly enum?: readonly string[] };
    readonly example?: string | number;
  }[];
  readonly requestBody?: {
    readonly content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>;
  };
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface ApiDocument {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

/** One way to call the API; `path` as the document has it, with its parameters in braces. */
export interface DescribedRoute {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

export function routesOf({ paths }: ApiDocument): readonly DescribedRoute[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

let document: Promise<ApiDocument> | null = null;

/** As the server of these sources would answer it. */
export async function describedApi(): Promise<ApiDocument> {
  document ??= openApiDocument() as Promise<ApiDocument>;
  return document;
}

export interface Answered {
  readonly status: number;
  /** Without its parameters. */
  readonly type: string;
  readonly body: unknown;
}

/** What an answer has that the document does not say; empty = it is as described. `path`: of the address, from /api on. */
export async function undescribed(method: string, path: string, answer: Answered): Promise<readonly string[]> {
  const api = await describedApi();
  const route = routesOf(api).find((one) => one.method === method.toLowerCase() && matches(one.path, path));
  // Of an address that there is not, a problem is told.
  if (route === undefined) return answer.status === 404 ? [] : [`${method} ${path} is in no document`];
  return differences(api, route.operation, answer);
}

/** What any request may end in; every other status a route has to name. */
const ofAny = new Set([400, 413, 415, 500, 503]);

export function differences(
  api: ApiDocument,
  operation: Operation,
  { status, type, body }: Answered,
): readonly string[] {
  const response = operation.responses[status] ?? (ofAny.has(status) ? operation.responses['default'] : undefined);
  if (response === undefined) return [`${operation.operationId} says nothing of ${status}: ${JSON.stringify(body)}`];
  const schema = response.content?.[type]?.schema;
  if (schema === undefined) return body === null ? [] : [`${operation.operationId} says nothing of ${status} ${type}`];
  if (!type.includes('json')) return [];
  return [...Value.Errors(addresses(api) as never, schema as never, body)].map(
    (error) => `${operation.operationId} ${status}: ${JSON.stringify(error)}`,
  );
}

function addresses({ components }: ApiDocument): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(components.schemas).map(([name, schema]) => [`#/components/schemas/${name}`, schema]),
  );
}

function matches(template: string, path: string): boolean {
  const parts = template.split('/');
  const given = (path.split('?')[0] ?? '').split('/');
  return parts.length === given.length && parts.every((part, index) => part.startsWith('{') || part === given[index]);
}

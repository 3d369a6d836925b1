import type { FastifyInstance, FastifyRequest, InjectOptions } from 'fastify';
import type { Core } from '../core.ts';
import { restError } from '../errors.ts';
import { bodyObject, isObject, textOf, type JsonObject } from '../input.ts';
import { DATA } from './context.ts';

const MAX_SUBREQUESTS = 25;
/** Of which so many may be queries or collections. */
const MAX_QUERIES = 5;

/** Headers of a part that stand in its answer. */
const PASSED_ON = ['ETag', 'Last-Modified', 'Location'];

interface SubAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text === '' ? null : text;
  }
}

function methodOf(value: unknown): 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' {
  return value === 'POST' || value === 'PATCH' || value === 'PUT' || value === 'DELETE' ? value : 'GET';
}

/** A part goes the way of any request, but is neither counted nor struck by faults. */
async function dispatch(app: FastifyInstance, core: Core, part: JsonObject): Promise<SubAnswer> {
  const given = isObject(part['httpHeaders']) ? (part['httpHeaders'] as Record<string, string>) : {};
  const body = part['body'] ?? part['richInput'];
  const options: InjectOptions = {
    method: methodOf(part['method']),
    url: textOf(part['url']) ?? '',
    headers: { ...given, 'x-sandbox-inner': core.innerKey, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  };
  const response = await app.inject(options);
  const headers = Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = response.headers[name.toLowerCase()];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  return { status: response.statusCode, headers, body: parsed(response.payload) };
}

/** `@{ref.id}` in a later part stands for what an earlier one answered. */
function substituted(part: JsonObject, answers: ReadonlyMap<string, SubAnswer>): JsonObject {
  const text = JSON.stringify(part).replaceAll(
    /@\{([\w-]+)\.([\w.[\]]+)\}/g,
    (whole, reference: string, path: string) => {
      let value: unknown = answers.get(reference)?.body;
      for (const step of path.split(/[.[\]]+/).filter(Boolean)) {
        value = isObject(value) ? value[step] : Array.isArray(value) ? (value as unknown[])[Number(step)] : undefined;
      }
      return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
    },
  );
  return JSON.parse(text) as JsonObject;
}

function parts(request: FastifyRequest, key: string): JsonObject[] {
  const list = bodyObject(request)[key];
  if (!Array.isArray(list) || list.length === 0) throw restError(400, 'JSON_PARSER_ERROR', `${key} is required`);
  const found = list.filter(isObject);
  const queries = found.filter((part) => /\/query|composite\/sobjects/.test(textOf(part['url']) ?? '')).length;
  if (found.length > MAX_SUBREQUESTS || queries > MAX_QUERIES) {
    throw restError(
      400,
      'LIMIT_EXCEEDED',
      `at most ${MAX_SUBREQUESTS} subrequests, ${MAX_QUERIES} of them queries or collections`,
    );
  }
  return found;
}

async function composite(app: FastifyInstance, core: Core, request: FastifyRequest): Promise<unknown> {
  if (bodyObject(request)['allOrNone'] === true) {
    throw restError(400, 'UNKNOWN_EXCEPTION', 'the sandbox has no composite with allOrNone');
  }
  const answers = new Map<string, SubAnswer>();
  const compositeResponse: unknown[] = [];
  for (const part of parts(request, 'compositeRequest')) {
    const referenceId = textOf(part['referenceId']) ?? '';
    const answer = await dispatch(app, core, substituted(part, answers));
    answers.set(referenceId, answer);
    compositeResponse.push({
      body: answer.body,
      httpHeaders: answer.headers,
      httpStatusCode: answer.status,
      referenceId,
    });
  }
  return { compositeResponse };
}

/** Parts of a batch are independent, and their addresses begin at the version. */
async function batch(app: FastifyInstance, core: Core, request: FastifyRequest): Promise<unknown> {
  const results: { statusCode: number; result: unknown }[] = [];
  for (const part of parts(request, 'batchRequests')) {
    const url = `/services/data/${(textOf(part['url']) ?? '').replace(/^\/?(services\/data\/)?/, '')}`;
    const answer = await dispatch(app, core, { ...part, url });
    results.push({ statusCode: answer.status, result: answer.body });
  }
  return { hasErrors: results.some(({ statusCode }) => statusCode >= 400), results };
}

export function compositeRoutes(app: FastifyInstance, core: Core): void {
  app.post(`${DATA}/composite`, (request) => composite(app, core, request));
  app.post(`${DATA}/composite/batch`, (request) => batch(app, core, request));
}

import { validationError, type VendorError } from '../errors.ts';
import { isObject, type JsonObject } from '../input.ts';

export interface Filter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value: string | undefined;
  readonly highValue: string | undefined;
  readonly values: readonly string[];
}

export interface Sort {
  readonly propertyName: string;
  readonly descending: boolean;
}

export interface SearchRequest {
  /** Any group must match; within a group all filters must. */
  readonly groups: readonly (readonly Filter[])[];
  readonly sort: Sort | undefined;
  readonly query: string | undefined;
  readonly properties: readonly string[] | undefined;
  readonly limit: number;
  readonly after: number;
}

/** Limits of the search documentation, 2026-11. */
const MAX_BODY = 3_000;
const MAX_GROUPS = 5;
const MAX_FILTERS_PER_GROUP = 6;
const MAX_FILTERS = 18;
const MAX_PAGE = 200;
const DEFAULT_PAGE = 10;
const MAX_RESULTS = 10_000;

function problem(): VendorError {
  return validationError('There was a problem with the request.');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

function readFilter(raw: unknown): Filter {
  if (!isObject(raw) || typeof raw['propertyName'] !== 'string' || typeof raw['operator'] !== 'string') throw problem();
  const values = Array.isArray(raw['values']) ? raw['values'] : [];
  return {
    propertyName: raw['propertyName'],
    operator: raw['operator'],
    value: text(raw['value']),
    highValue: text(raw['highValue']),
    values: values.map(String),
  };
}

function readFilters(raw: unknown): Filter[] {
  if (raw === undefined || raw === null) return [];
  if (!Array.isArray(raw)) throw problem();
  return raw.map(readFilter);
}

/** `filters` at the top level stand for a single group (recorded). */
function readGroups(body: JsonObject): Filter[][] {
  const raw = body['filterGroups'];
  if (raw !== undefined && raw !== null && !Array.isArray(raw)) throw problem();
  const groups = (raw ?? []).map((group: unknown) => readFilters(isObject(group) ? group['filters'] : undefined));
  const single = readFilters(body['filters']);
  const all: Filter[][] = single.length > 0 ? [...groups, single] : groups;
  if (all.length > MAX_GROUPS) throw validationError(`Too many filter groups: at most ${MAX_GROUPS} are allowed`);
  if (all.some((group) => group.length > MAX_FILTERS_PER_GROUP) || all.flat().length > MAX_FILTERS) {
    throw validationError(`Too many filters: at most ${MAX_FILTERS_PER_GROUP} a group and ${MAX_FILTERS} in all`);
  }
  return all;
}

/** An object with a direction, or a bare name (specification); a minus means descending. */
function readSort(raw: unknown): Sort | undefined {
  if (!Array.isArray(raw) || raw.length === 0) return undefined;
  if (raw.length > 1) throw validationError('Only one sort is allowed');
  const [sort] = raw;
  if (typeof sort === 'string') return { propertyName: sort.replace(/^-/, ''), descending: sort.startsWith('-') };
  if (!isObject(sort) || typeof sort['propertyName'] !== 'string') throw problem();
  return { propertyName: sort['propertyName'], descending: sort['direction'] === 'DESCENDING' };
}

function readPage(body: JsonObject): { limit: number; after: number } {
  const limit = body['limit'] === undefined ? DEFAULT_PAGE : Number(body['limit']);
  const after = Number(body['after'] ?? 0);
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_PAGE || !Number.isInteger(after) || after < 0) {
    throw problem();
  }
  if (after + limit > MAX_RESULTS) throw problem();
  return { limit, after };
}

export function readSearch(body: JsonObject, bodyLength: number): SearchRequest {
  if (bodyLength > MAX_BODY) {
    throw validationError(`The request body may have at most ${MAX_BODY} characters, it has ${bodyLength}`);
  }
  const query = text(body['query']);
  const { properties } = body;
  return {
    groups: readGroups(body),
    sort: readSort(body['sorts']),
    query: query === '' ? undefined : query,
    properties: Array.isArray(properties) ? properties.map(String) : undefined,
    ...readPage(body),
  };
}

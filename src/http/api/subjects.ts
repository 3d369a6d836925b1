import { auditRoutes } from './audit/routes.ts';
import { mappingRoutes } from './mapping/routes.ts';
import { memberRoutes } from './members/routes.ts';
import type { Routes } from './routes.ts';
import { sessionRoutes } from './session/routes.ts';
import { tokenRoutes } from './tokens/routes.ts';

/** One folder a subject, each with its routes and the forms of what they take and answer. */
export const subjects: readonly Routes[] = [sessionRoutes, memberRoutes, tokenRoutes, auditRoutes, mappingRoutes];

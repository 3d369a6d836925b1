import { auditRoutes } from './audit/routes.ts';
import { leadRoutes } from './leads/routes.ts';
import { consentRoutes } from './consents/routes.ts';
import { connectionChangeRoutes, connectionRoutes } from './connections/routes.ts';
import { mappingRoutes } from './mapping/routes.ts';
import { memberRoutes } from './members/routes.ts';
import { overviewRoutes } from './overview/routes.ts';
import { profileRoutes } from './profiles/routes.ts';
import type { Routes } from './routes.ts';
import { pushRoutes } from './push/routes.ts';
import { rejectedRoutes } from './rejected/routes.ts';
import { runRoutes } from './runs/routes.ts';
import { sessionRoutes } from './session/routes.ts';
import { signInRoutes } from './sign-in/routes.ts';
import { signupRoutes } from './signups/routes.ts';
import { tokenRoutes } from './tokens/routes.ts';

/** One folder a subject, each with its routes and the forms of what they take and answer. */
export const subjects: readonly Routes[] = [
  sessionRoutes,
  signInRoutes,
  memberRoutes,
  tokenRoutes,
  auditRoutes,
  overviewRoutes,
  leadRoutes,
  signupRoutes,
  runRoutes,
  rejectedRoutes,
  pushRoutes,
  connectionRoutes,
  connectionChangeRoutes,
  consentRoutes,
  mappingRoutes,
  profileRoutes,
];

import type { MemberRole, TokenScope } from '../../../src/access/access.ts';

/** Who a route lets in: anybody, whoever is signed in, or those with one of these roles and tokens with one of these scopes. */
export type Access =
  | 'anybody'
  | 'signed in'
  | { readonly roles: readonly MemberRole[]; readonly scopes: readonly TokenScope[] };

const viewer: Access = { roles: ['viewer', 'operator', 'admin'], scopes: ['read', 'operate', 'admin'] };
const operator: Access = { roles: ['operator', 'admin'], scopes: ['operate', 'admin'] };
const admin: Access = { roles: ['admin'], scopes: ['admin'] };
/** Programs alone, each of one organisation: the address names none. */
const sender: Access = { roles: [], scopes: ['ingest'] };
const reader: Access = { roles: [], scopes: ['read', 'operate', 'admin'] };

/** Written by hand, from what the roles are for: nothing of the sources or of their document says it here. By operationId. */
export const accessOf: Readonly<Record<string, Access>> = {
  welcome: 'anybody',
  'set-up': 'anybody',
  'choose-password': 'anybody',
  'sign-in': 'anybody',
  'sign-out': 'anybody',
  'begin-single-sign-on': 'anybody',
  'finish-single-sign-on': 'anybody',
  openapi: 'anybody',

  session: 'signed in',
  'change-password': 'signed in',

  'ingest-signups': sender,
  'ingest-usage': sender,
  'ingest-companies': sender,
  'ingest-stakeholders': sender,
  'ingest-expansion-signals': sender,
  dashboard: reader,

  'list-members': viewer,
  'invite-member': admin,
  'change-role': admin,
  'remove-member': admin,
  'link-member': admin,
  'list-tokens': admin,
  'create-token': admin,
  'revoke-token': admin,
  audit: admin,

  overview: viewer,
  'list-leads': viewer,
  lead: viewer,
  'lead-in-crm': viewer,
  'list-signups': viewer,

  'list-runs': viewer,
  'read-run': viewer,
  'ask-run': operator,
  standing: viewer,
  'list-rejected-kinds': viewer,
  'list-rejected-records': viewer,
  'export-rejected-records': viewer,
  'retry-rejected-record': operator,
  'retry-rejected': operator,
  'push-summary': viewer,
  'push-plan': viewer,

  'list-connections': viewer,
  'create-connection': admin,
  'read-connection': viewer,
  'change-connection': admin,
  'delete-connection': admin,
  'list-connectors': viewer,
  'preview-schedule': viewer,
  'check-connection': operator,
  'pause-connection': operator,
  'resume-connection': operator,
  'preview-deletion': admin,
  'begin-consent': admin,
  'read-consent': admin,
  'answer-consent': admin,

  mapping: viewer,
  'mapping-fields': viewer,
  'mapping-drift': viewer,
  'check-mapping': admin,
  'preview-mapping': admin,
  'mapping-consequences': admin,
  'save-mapping-draft': admin,
  'discard-mapping-draft': admin,
  'publish-mapping': admin,
  'restore-mapping': admin,
  'mapping-versions': viewer,
  'mapping-version': viewer,
  'mapping-differences': viewer,

  'list-profiles': viewer,
  'read-profile': viewer,
  'list-profile-versions': viewer,
  'read-profile-version': viewer,
  'read-profile-draft': admin,
  'save-profile-draft': admin,
  'discard-profile-draft': admin,
  'publish-profile': admin,
  'preview-profile': admin,
  'compare-receipts': admin,
  'find-leads-to-compare': admin,
  'list-profile-tests': viewer,
  'save-profile-tests': admin,
  'run-profile-tests': admin,
};

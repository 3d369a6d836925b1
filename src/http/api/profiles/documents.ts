/** How the routes of scoring profiles are told of in the document of the API. */
import { Type } from 'typebox';
import { answered, problems, secured } from '../describe.ts';
import { inOrg } from '../forms.ts';
import {
  draftAnswer,
  draftWish,
  foundLeads,
  inProfile,
  inVersion,
  leadSearch,
  previewWish,
  profileList,
  published,
  publishWish,
  receiptWish,
  runWish,
  savedTests,
  testList,
  testResults,
  testsWish,
  twoReceipts,
  versionPage,
  versionQuery,
} from './schemas.ts';

const reading = { tags: ['scoring'], security: secured('read'), params: inProfile };
const editing = { tags: ['scoring'], security: secured('admin'), params: inProfile };
const ifMatch = (what: string) => Type.Object({ 'if-match': Type.Optional(Type.String({ description: what })) });
const ofDraft = ifMatch('The revision of the draft that it replaces; "0" where there is none.');
const ofProfile = ifMatch('The version in force; "0" where none is stored.');

export const documents = {
  list: {
    ...reading,
    operationId: 'list-profiles',
    summary: 'The scoring profiles',
    params: inOrg,
    response: { 200: answered('One of each kind.', profileList), ...problems(401, 403, 404) },
  },
  live: {
    ...reading,
    operationId: 'read-profile',
    summary: 'A scoring profile as it is in force',
    response: { 200: answered('The profile.', Type.Ref('LiveProfile#')), ...problems(400, 401, 403, 404) },
  },
  versions: {
    ...reading,
    operationId: 'list-profile-versions',
    summary: 'The versions of a scoring profile',
    querystring: versionQuery,
    response: { 200: answered('Versions, the newest first.', versionPage), ...problems(400, 401, 403, 404) },
  },
  version: {
    ...reading,
    operationId: 'read-profile-version',
    summary: 'A version: its difference to what is in force, and its file',
    params: inVersion,
    response: { 200: answered('The version.', Type.Ref('ProfileVersion#')), ...problems(400, 401, 403, 404) },
  },
  draft: {
    ...editing,
    operationId: 'read-profile-draft',
    summary: 'What somebody is editing and has not published',
    response: { 200: answered('The draft, if there is one.', draftAnswer), ...problems(400, 401, 403, 404) },
  },
  save: {
    ...editing,
    operationId: 'save-profile-draft',
    summary: 'Keep what is being edited, half-finished or not',
    headers: ofDraft,
    body: draftWish,
    response: {
      200: answered('The draft, with what is wrong with it.', Type.Ref('ProfileDraft#')),
      ...problems(400, 401, 403, 404, 412, 422, 428),
    },
  },
  discard: {
    ...editing,
    operationId: 'discard-profile-draft',
    summary: 'Discard the draft',
    headers: ofDraft,
    response: { 204: { description: 'What is in force stays.' }, ...problems(400, 401, 403, 404, 412, 428) },
  },
  publish: {
    ...editing,
    operationId: 'publish-profile',
    summary: 'Put the draft in force, as `apply` would',
    headers: ofProfile,
    body: publishWish,
    response: {
      200: answered('The version that is in force now; the daemon scores everybody by it.', published),
      ...problems(400, 401, 403, 404, 409, 412, 422, 428),
    },
  },
  preview: {
    ...editing,
    operationId: 'preview-profile',
    summary: 'What a profile would change, for a page of people',
    body: previewWish,
    response: {
      200: answered('The profile beside what is in force. Changes nothing.', Type.Ref('ProfilePreview#')),
      ...problems(400, 401, 403, 404, 422),
    },
  },
  receipt: {
    ...editing,
    operationId: 'compare-receipts',
    summary: 'The score of one lead by a profile, beside what is in force',
    body: receiptWish,
    response: { 200: answered('Both, rule by rule.', twoReceipts), ...problems(400, 401, 403, 404, 422) },
  },
  tests: {
    ...reading,
    operationId: 'list-profile-tests',
    summary: 'Examples that are kept beside a profile',
    response: { 200: answered('The examples.', testList), ...problems(400, 401, 403, 404) },
  },
  saveTests: {
    ...editing,
    operationId: 'save-profile-tests',
    summary: 'Replace the examples',
    headers: ifMatch('The revision of the list that it replaces; "0" where there is none.'),
    body: testsWish,
    response: { 200: answered('Saved.', savedTests), ...problems(400, 401, 403, 404, 412, 428) },
  },
  runTests: {
    ...editing,
    operationId: 'run-profile-tests',
    summary: 'What a profile says of examples',
    body: runWish,
    response: { 200: answered('One result an example.', testResults), ...problems(400, 401, 403, 404, 422) },
  },
  leads: {
    ...editing,
    operationId: 'find-leads-to-compare',
    summary: 'Leads to try a profile on',
    querystring: leadSearch,
    response: {
      200: answered(
        'By id, address or CRM id; else those of the highest scores whose name, address or company has the words.',
        foundLeads,
      ),
      ...problems(400, 401, 403, 404),
    },
  },
};

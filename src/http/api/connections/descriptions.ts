/** How the routes of connections are told of. */
import { Type } from 'typebox';
import { answered, problems, secured } from '../describe.ts';
import { inOrg } from '../forms.ts';
import {
  connectionChange,
  connectionList,
  connectionPlace,
  connectionWish,
  connectorList,
  deletionQuery,
  pausedAnswer,
  pauseWish,
  previewQuery,
  resumeWish,
  savedConnection,
  schedulePreview,
} from './schemas.ts';

const tags = ['connections'];
const ifMatch = 'Send `If-Match` with the version that was read.';

export const descriptions = {
  list: {
    operationId: 'list-connections',
    summary: 'The connections, and how each stands',
    tags,
    security: secured('read'),
    params: inOrg,
    response: { 200: answered('Connections, by name.', connectionList), ...problems(401, 403, 404) },
  },
  read: {
    operationId: 'read-connection',
    summary: 'One connection: how it stands and how it is set',
    description: 'Of its credentials only which are there, since when, and where they come from: never a secret.',
    tags,
    security: secured('read'),
    params: connectionPlace,
    response: { 200: answered('The connection.', Type.Ref('ConnectionDetail#')), ...problems(401, 403, 404) },
  },
  connectors: {
    operationId: 'list-connectors',
    summary: 'The CRMs that can be connected, and what each asks for',
    tags,
    security: secured('read'),
    params: inOrg,
    response: { 200: answered('Connectors.', connectorList), ...problems(401, 403, 404) },
  },
  preview: {
    operationId: 'preview-schedule',
    summary: 'The next five runs of a schedule',
    tags,
    security: secured('read'),
    params: inOrg,
    querystring: previewQuery,
    response: { 200: answered('Instants; the next first.', schedulePreview), ...problems(400, 401, 403, 404, 422) },
  },
  create: {
    operationId: 'create-connection',
    summary: 'Connect a CRM',
    description:
      'The CRM is asked before anything is stored. Where it refuses, nothing is; where something is missing that leadloop can do without, only with `acceptWarnings`. Both name what was found in `findings`. What is left out has its default.',
    tags,
    security: secured('admin'),
    params: inOrg,
    body: connectionWish,
    response: { 201: answered('It is stored.', savedConnection), ...problems(400, 401, 403, 404, 409, 422, 503) },
  },
  change: {
    operationId: 'change-connection',
    summary: 'Change a connection',
    description: `As with its creation, the CRM is asked first where login, address or settings of the connector change. ${ifMatch}`,
    tags,
    security: secured('admin'),
    params: connectionPlace,
    body: connectionChange,
    response: {
      200: answered('It is stored.', savedConnection),
      ...problems(400, 401, 403, 404, 409, 412, 422, 428),
    },
  },
  check: {
    operationId: 'check-connection',
    summary: 'Ask the CRM whether all is well',
    description: 'Credentials, scopes, account, quota, and the mapping against the live fields. Writes nothing.',
    tags,
    security: secured('operate'),
    params: connectionPlace,
    response: {
      200: answered('What was found, the worst first.', Type.Ref('ConnectionCheck#')),
      ...problems(401, 403, 404, 409),
    },
  },
  pause: {
    operationId: 'pause-connection',
    summary: 'Keep a connection from reading, from writing, or from both',
    tags,
    security: secured('operate'),
    params: connectionPlace,
    body: pauseWish,
    response: { 200: answered('It is paused.', pausedAnswer), ...problems(400, 401, 403, 404) },
  },
  resume: {
    operationId: 'resume-connection',
    summary: 'Take pauses back; with `all`, one that waits after failures is tried at once',
    tags,
    security: secured('operate'),
    params: connectionPlace,
    body: resumeWish,
    response: { 200: answered('It goes on.', pausedAnswer), ...problems(400, 401, 403, 404) },
  },
  deletion: {
    operationId: 'preview-deletion',
    summary: 'What deleting a connection entails',
    tags,
    security: secured('admin'),
    params: connectionPlace,
    response: { 200: answered('What would go along.', Type.Ref('Deletion#')), ...problems(401, 403, 404) },
  },
  remove: {
    operationId: 'delete-connection',
    summary: 'Delete a connection',
    description: `Its records, events, runs and pending writes go along; leads stay, and so does what was written to the CRM. ${ifMatch}`,
    tags,
    security: secured('admin'),
    params: connectionPlace,
    querystring: deletionQuery,
    response: { 204: { description: 'It is gone.' }, ...problems(400, 401, 403, 404, 409, 412, 428, 503) },
  },
};

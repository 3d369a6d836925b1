/** How the routes of a mapping are told of in the document. */
import { type TSchema, Type } from 'typebox';
import type { TokenScope } from '../../../access/access.ts';
import { answered, problems, secured } from '../describe.ts';
import { pageQuery, slugForm } from '../forms.ts';
import { ifMatchNote } from '../if-match.ts';
import {
  checkAnswer,
  consequencesAnswer,
  definitionBody,
  differencesAnswer,
  draftBody,
  driftAnswer,
  fieldsAnswer,
  mappingAnswer,
  previewAnswer,
  previewBody,
  publishBody,
  publishedVersion,
  savedDraft,
  versionAnswer,
  versionsAnswer,
} from './schemas.ts';

const tags = ['mapping'];

const mappingPlace = Type.Object({
  org: slugForm,
  connection: Type.String({ minLength: 1, maxLength: 200, description: 'The name of a connection.' }),
});
const versionPlace = Type.Object({
  ...mappingPlace.properties,
  version: Type.Integer({ minimum: 0, description: '0 = what the connector brings along.' }),
});
const fieldsQuery = Type.Object({ object: Type.String({ minLength: 1, maxLength: 100 }) });
const versionsQuery = Type.Object(pageQuery);
const differencesQuery = Type.Object({
  to: Type.Integer({ minimum: 0, description: 'The version that it is compared with.' }),
});

function told(scope: TokenScope, answer: TSchema, ...statuses: readonly number[]) {
  return {
    tags,
    security: secured(scope),
    response: { 200: answered('The answer.', answer), ...problems(400, 401, 403, 404, ...statuses) },
  };
}

export const routeSchemas = {
  mapping: {
    operationId: 'mapping',
    summary: 'The field mapping of a connection',
    description: 'The version in force, the draft, and what can be mapped. The CRM is not asked.',
    params: mappingPlace,
    ...told('read', mappingAnswer),
  },
  fields: {
    operationId: 'mapping-fields',
    summary: 'The live fields of a CRM object',
    description: 'With values and fill rate of a few records, and rules for what nothing fills yet.',
    params: mappingPlace,
    querystring: fieldsQuery,
    ...told('read', fieldsAnswer, 503),
  },
  drift: {
    operationId: 'mapping-drift',
    summary: 'What the mapping in force does not find in the CRM any more',
    description: 'Each field with the rules, segments and triggers that rest on it. Only these fields pause.',
    params: mappingPlace,
    ...told('read', driftAnswer),
  },
  check: {
    operationId: 'check-mapping',
    summary: 'Hold a mapping against itself and the live CRM',
    params: mappingPlace,
    body: definitionBody,
    ...told('admin', checkAnswer),
  },
  preview: {
    operationId: 'preview-mapping',
    summary: 'What a mapping makes of real records',
    description: 'Raw → mapped → score, now and with it. Nothing is written.',
    params: mappingPlace,
    body: previewBody,
    ...told('admin', previewAnswer, 503),
  },
  consequences: {
    operationId: 'mapping-consequences',
    summary: 'What publishing a mapping would change',
    params: mappingPlace,
    body: definitionBody,
    ...told('admin', consequencesAnswer),
  },
  saveDraft: {
    operationId: 'save-mapping-draft',
    summary: 'Keep what is being edited',
    description: ifMatchNote.replace('version', 'revision of the draft'),
    params: mappingPlace,
    body: draftBody,
    ...told('admin', savedDraft, 412, 428),
  },
  discardDraft: {
    operationId: 'discard-mapping-draft',
    summary: 'Throw away what is being edited',
    description: ifMatchNote.replace('version', 'revision of the draft'),
    params: mappingPlace,
    tags,
    security: secured('admin'),
    response: { 204: { description: 'There is no draft any more.' }, ...problems(401, 403, 404, 412, 428) },
  },
  publish: {
    operationId: 'publish-mapping',
    summary: 'Put a mapping in force',
    description: `As \`leadloop apply\` does; the draft is done with. ${ifMatchNote}`,
    params: mappingPlace,
    body: publishBody,
    ...told('admin', publishedVersion, 412, 422, 428, 503),
  },
  versions: {
    operationId: 'mapping-versions',
    summary: 'The versions of a mapping',
    description: 'The newest first.',
    params: mappingPlace,
    querystring: versionsQuery,
    ...told('read', versionsAnswer),
  },
  version: {
    operationId: 'mapping-version',
    summary: 'One version of a mapping, also as YAML',
    params: versionPlace,
    ...told('read', versionAnswer),
  },
  differences: {
    operationId: 'mapping-differences',
    summary: 'What differs between two versions',
    params: versionPlace,
    querystring: differencesQuery,
    ...told('read', differencesAnswer),
  },
  restore: {
    operationId: 'restore-mapping',
    summary: 'Put an old version in force again',
    description: `It becomes a new version; a draft that there may be stays. ${ifMatchNote}`,
    params: versionPlace,
    ...told('admin', publishedVersion, 412, 422, 428, 503),
  },
};

// What an administrator deploys into Salesforce, from the fields that the connector would make itself: `npm run generate`.
import { ownedFields } from '../connectors/salesforce/default-mapping.ts';
import { definitionOf } from '../connectors/salesforce/fields.ts';
import { apiVersion } from '../connectors/salesforce/limits.ts';
import { permissionSet } from '../connectors/salesforce/permissions.ts';

const main = 'force-app/main/default';
const objects = Object.keys(ownedFields);
const own = objects.flatMap((object) => ownedFields[object].map(({ name }) => `${object}.${name}`));

/**
 * Standard fields that the default mapping and the engagement read, as far as field-level security governs them: a user with
 * the licence Salesforce Integration sees none of them by itself. `leadloop check` names what else is hidden.
 */
const read = [
  ...['Industry', 'NumberOfEmployees', 'Website'].map((name) => `Account.${name}`),
  ...['Address', 'Email', 'Industry', 'LeadSource', 'NumberOfEmployees', 'Title', 'Website'].map(
    (name) => `Lead.${name}`,
  ),
  ...['AccountId', 'Email', 'LeadSource', 'MailingAddress', 'Title'].map((name) => `Contact.${name}`),
  'Campaign.Type',
  'Event.IsAllDayEvent',
  'Event.WhoId',
  'Task.WhoId',
  'Opportunity.Amount',
];

const viewAll = (object) => ({
  allowCreate: false,
  allowDelete: false,
  allowEdit: objects.includes(object),
  allowRead: true,
  modifyAllRecords: false,
  object,
  viewAllRecords: true,
});
const permission = (editable) => (field) => ({ editable, field, readable: true });
const bySpelling = (a, b) => (a.field < b.field ? -1 : 1);

const permissionSets = {
  [permissionSet.Name]: {
    description: 'What the integration user of leadloop reads, and the fields of ours that it writes.',
    fieldPermissions: [...own.map(permission(true)), ...read.map(permission(false))].sort(bySpelling),
    hasActivationRequired: false,
    label: permissionSet.Label,
    objectPermissions: ['Account', 'Campaign', 'Contact', 'Lead', 'Opportunity'].map(viewAll),
    userPermissions: ['ActivitiesAccess', 'ApiEnabled'].map((name) => ({ enabled: true, name })),
  },
  Leadloop_Viewer: {
    description: 'For sales: the score of leadloop, and why it is what it is.',
    fieldPermissions: own.map(permission(false)).sort(bySpelling),
    hasActivationRequired: false,
    label: 'Leadloop Viewer',
  },
};

/** Name, where they work, our verdict, whose they are. */
const listView = (name, label, { columns, ours, filters }) => ({
  fullName: name,
  columns: [...columns, ...ours.map((field) => `Leadloop_${field}__c`), 'CORE.USERS.ALIAS'],
  filterScope: 'Everything',
  filters: filters.map(([field, value]) => ({ field: `Leadloop_${field}__c`, operation: 'equals', value })),
  label,
});
const mqls = (columns) =>
  listView('Leadloop_MQLs', 'Leadloop MQLs', {
    columns,
    ours: ['Score', 'Tier', 'MQL_Date'],
    filters: [['Is_MQL', '1']],
  });
const views = {
  Account: listView('Leadloop_Hot_Accounts', 'Leadloop hot accounts', {
    columns: ['ACCOUNT.NAME'],
    ours: ['PLG_Score', 'PLG_Tier', 'Suggested_Action'],
    filters: [['PLG_Tier', 'hot']],
  }),
  Lead: mqls(['FULL_NAME', 'LEAD.COMPANY', 'LEAD.STATUS']),
  Contact: mqls(['FULL_NAME', 'ACCOUNT.NAME', 'CONTACT.TITLE']),
};

/** A score would not survive its lead: Salesforce carries only mapped fields over to the contact. */
const leadConversion = {
  objectMapping: {
    inputObject: 'Lead',
    mappingFields: ownedFields.Lead.map(({ name }) => ({ inputField: name, outputField: name })),
    outputObject: 'Contact',
  },
};

const project = {
  packageDirectories: [{ path: 'force-app', default: true }, { path: 'lead-conversion' }],
  name: 'leadloop',
  namespace: '',
  sourceApiVersion: apiVersion,
};

/** Files by their path under connectors/salesforce/package/. */
export function salesforcePackage() {
  const fields = objects.flatMap((object) =>
    ownedFields[object].map((field) => [
      `${main}/objects/${object}/fields/${field.name}.field-meta.xml`,
      document('CustomField', { fullName: field.name, ...sorted(sourceOf(definitionOf(field))) }),
    ]),
  );
  const lists = Object.entries(views).map(([object, view]) => [
    `${main}/objects/${object}/listViews/${view.fullName}.listView-meta.xml`,
    document('ListView', view),
  ]);
  const sets = Object.entries(permissionSets).map(([name, set]) => [
    `${main}/permissionsets/${name}.permissionset-meta.xml`,
    document('PermissionSet', set),
  ]);
  return Object.fromEntries([
    ['sfdx-project.json', `${JSON.stringify(project, null, 2)}\n`],
    ...fields,
    ...lists,
    ...sets,
    [
      'lead-conversion/main/default/LeadConvertSettings/LeadConvertSettings.LeadConvertSetting-meta.xml',
      document('LeadConvertSettings', leadConversion),
    ],
  ]);
}

/** The Tooling API calls the name of a value `valueName`, source calls it `fullName`. */
function sourceOf(definition) {
  if (definition.valueSet === undefined) return definition;
  const { restricted, valueSetDefinition } = definition.valueSet;
  const value = valueSetDefinition.value.map(({ valueName, ...rest }) => ({ fullName: valueName, ...sorted(rest) }));
  return {
    ...definition,
    valueSet: { restricted, valueSetDefinition: { sorted: valueSetDefinition.sorted, value } },
  };
}

function sorted(body) {
  return Object.fromEntries(Object.entries(body).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function document(name, body) {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<${name} xmlns="http://soap.sforce.com/2006/04/metadata">`];
  return [...lines, ...elements(body, '    '), `</${name}>`, ''].join('\n');
}

/** A list is the same element several times. */
function elements(body, indent) {
  return Object.entries(body).flatMap(([name, value]) =>
    [value]
      .flat()
      .flatMap((one) =>
        typeof one === 'object'
          ? [`${indent}<${name}>`, ...elements(one, `${indent}    `), `${indent}</${name}>`]
          : [`${indent}<${name}>${escaped(String(one))}</${name}>`],
      ),
  );
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

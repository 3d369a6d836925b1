/** Shapes of recorded answers, rebuilt by hand with invented values. */

const correlationId = '019d0000-0000-7000-8000-000000000000';
const instant = '2026-03-02T08:00:00.120Z';
const url = 'https://app.hubspot.com/contacts/1/record/0-1/501';

const record = {
  id: '501',
  properties: { hs_object_id: '501', email: 'a@b.example' },
  createdAt: instant,
  updatedAt: instant,
  archived: false,
  url,
};
const recordWithNull = { ...record, properties: { email: 'a@b.example', jobtitle: null } };
const batch = { completedAt: instant, status: 'COMPLETE', startedAt: instant };

export const SAMPLES = {
  record,
  recordWithNull,
  listPage: {
    results: [recordWithNull],
    paging: { next: { after: '502', link: 'https://api.hubapi.com/x?limit=1&after=502' } },
  },
  associated: {
    ...record,
    associations: { companies: { results: [{ id: '77', type: 'contact_to_company' }] } },
  },
  searchPage: { total: 9, results: [recordWithNull], paging: { next: { after: '1' } } },
  searchEmpty: { total: 0, results: [] },
  batchWritten: { ...batch, results: [record] },
  batchMissing: {
    ...batch,
    results: [record],
    errors: [{ status: 'error', category: 'OBJECT_NOT_FOUND', message: 'text', context: { ids: ['9'] } }],
    numErrors: 1,
  },
  invalidValue: {
    status: 'error',
    message: 'Property values were not valid: []',
    correlationId,
    errors: [{ message: 'text', code: 'PROPERTY_DOESNT_EXIST', context: { propertyName: ['x'] } }],
    category: 'VALIDATION_ERROR',
  },
  duplicateIds: {
    status: 'error',
    message: 'text',
    correlationId,
    context: { ids: ['1'] },
    category: 'VALIDATION_ERROR',
  },
  conflict: { status: 'error', message: 'text', correlationId, category: 'CONFLICT' },
  unreadableJson: { status: 'error', message: 'text', correlationId },
  unknownType: { status: 'error', message: 'text', correlationId },
  unauthenticated: { status: 'error', message: 'text', correlationId, category: 'INVALID_AUTHENTICATION' },
  expired: {
    status: 'error',
    message: 'text',
    correlationId,
    category: 'EXPIRED_AUTHENTICATION',
    context: { 'expire time': [instant] },
  },
  missingScopes: {
    status: 'error',
    message: 'text',
    correlationId,
    errors: [{ message: 'text', context: { requiredGranularScopes: ['crm.objects.contacts.read'] } }],
    links: { scopes: 'https://developers.hubspot.com/scopes' },
    category: 'MISSING_SCOPES',
  },
  tenSecondly: {
    status: 'error',
    message: 'text',
    errorType: 'RATE_LIMIT',
    correlationId,
    policyName: 'TEN_SECONDLY_ROLLING',
    groupName: 'publicapi:x',
  },
  searchLimited: { status: 'error', message: 'text', correlationId, category: 'RATE_LIMITS' },
  internal: { status: 'error', message: 'internal error', correlationId },
  property: {
    updatedAt: instant,
    createdAt: instant,
    name: 'x',
    label: 'X',
    type: 'number',
    fieldType: 'number',
    description: '',
    groupName: 'contactinformation',
    options: [],
    createdUserId: '1',
    updatedUserId: '1',
    displayOrder: -1,
    calculated: false,
    externalOptions: false,
    archived: false,
    hasUniqueValue: false,
    hidden: false,
    modificationMetadata: { archivable: true, readOnlyDefinition: false, readOnlyValue: false },
    formField: false,
    dataSensitivity: 'non_sensitive',
  },
  propertyExists: {
    status: 'error',
    message: 'text',
    correlationId,
    context: { name: ['x'] },
    category: 'OBJECT_ALREADY_EXISTS',
    subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
  },
  group: { name: 'g', label: 'G', displayOrder: 9, archived: false },
  associations: {
    ...batch,
    results: [
      {
        from: { id: '501' },
        to: [{ toObjectId: 77, associationTypes: [{ category: 'HUBSPOT_DEFINED', typeId: 1, label: 'Primary' }] }],
      },
    ],
  },
  noAssociations: {
    ...batch,
    results: [],
    errors: [
      {
        status: 'error',
        category: 'OBJECT_NOT_FOUND',
        subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
        message: 'text',
        context: { fromObjectId: ['501'], fromObjectType: ['contact'], toObjectType: ['company'] },
      },
    ],
    numErrors: 1,
  },
  associationCreated: {
    ...batch,
    results: [
      {
        fromObjectTypeId: '0-1',
        fromObjectId: 501,
        toObjectTypeId: '0-2',
        toObjectId: 77,
        labels: ['Primary Company'],
      },
    ],
  },
  owner: {
    id: '31',
    email: 'a@b.example',
    type: 'PERSON',
    firstName: 'A',
    lastName: 'B',
    userId: 25,
    userIdIncludingInactive: 25,
    createdAt: instant,
    updatedAt: instant,
    archived: false,
    teams: [{ id: '1', name: 'East', primary: true }],
  },
  account: {
    portalId: 1,
    accountType: 'STANDARD',
    timeZone: 'US/Eastern',
    companyCurrency: 'USD',
    additionalCurrencies: [],
    utcOffset: '-05:00',
    utcOffsetMilliseconds: -18_000_000,
    uiDomain: 'app.hubspot.com',
    dataHostingLocation: 'na1',
  },
} as const;

/** Shapes of recorded answers, rebuilt by hand with invented values. */

const stamp = '2026-03-02T08:00:00.000+0000';
const attributes = { type: 'Lead', url: '/services/data/v67.0/sobjects/Lead/00Qak00000000001AAA' };
const failure = { success: false, errors: [{ statusCode: 'CODE', message: 'text', fields: ['Name'] }] };
const job = {
  id: '750ak00000000001AAA',
  operation: 'query',
  object: 'Lead',
  createdById: '005ak00000000001AAA',
  createdDate: stamp,
  systemModstamp: stamp,
  state: 'UploadComplete',
  concurrencyMode: 'Parallel',
  contentType: 'CSV',
  apiVersion: 67,
};
const ingestJob = { ...job, operation: 'upsert', externalIdFieldName: 'External_Id__c' };
const ingestCounts = {
  numberRecordsProcessed: 2,
  numberRecordsFailed: 1,
  retries: 0,
  totalProcessingTime: 133,
  apiActiveProcessingTime: 0,
  apexProcessingTime: 0,
};
const basics = {
  activateable: false,
  associateEntityType: null,
  associateParentEntity: null,
  createable: true,
  custom: false,
  customSetting: false,
  deepCloneable: false,
  deletable: true,
  deprecatedAndHidden: false,
  feedEnabled: true,
  hasSubtypes: false,
  isInterface: false,
  isSubtype: false,
  keyPrefix: '00Q',
  label: 'Lead',
  labelPlural: 'Leads',
  layoutable: true,
  mergeable: true,
  mruEnabled: true,
  name: 'Lead',
  queryable: true,
  replicateable: true,
  retrieveable: true,
  searchable: true,
  triggerable: true,
  undeletable: true,
  updateable: true,
  urls: {
    compactLayouts: '/c',
    rowTemplate: '/{ID}',
    approvalLayouts: '/a',
    listviews: '/l',
    describe: '/d',
    quickActions: '/q',
    layouts: '/l',
    sobject: '/s',
  },
};
const noFields = { success: false, errors: [{ statusCode: 'CODE', message: 'text', fields: [] }] };
const format = { lineEnding: 'LF', columnDelimiter: 'COMMA' };

export const SAMPLES = {
  versions: [{ label: "Summer '14", url: '/services/data/v31.0', version: '31.0' }],
  queryPage: {
    totalSize: 300,
    done: false,
    nextRecordsUrl: '/services/data/v67.0/query/0r8ak00000000001AAA-200',
    records: [{ attributes, Id: '00Qak00000000001AAA', Phone: null, Owner: { attributes, Name: 'A' } }],
  },
  queryLast: { totalSize: 1, done: true, records: [{ attributes, Id: '00Qak00000000001AAA' }] },
  queryEmpty: { totalSize: 0, done: true, records: [] },
  aggregate: {
    totalSize: 1,
    done: true,
    records: [{ attributes: { type: 'AggregateResult' }, Status: 'Open', expr0: 3 }],
  },
  count: { totalSize: 17, done: true, records: [] },
  children: {
    totalSize: 1,
    done: true,
    records: [
      {
        attributes,
        Id: '006ak00000000001AAA',
        OpportunityContactRoles: {
          totalSize: 1,
          done: true,
          records: [{ attributes, ContactId: '003ak00000000001AAA', Role: 'Evaluator' }],
        },
      },
    ],
  },
  address: {
    totalSize: 1,
    done: true,
    records: [
      {
        attributes,
        Address: {
          city: 'Oakville',
          country: 'USA',
          geocodeAccuracy: null,
          latitude: null,
          longitude: null,
          postalCode: null,
          state: 'FL',
          street: null,
        },
        City: 'Oakville',
      },
    ],
  },
  toolingQuery: {
    size: 1,
    totalSize: 1,
    done: true,
    queryLocator: null,
    entityTypeName: 'CustomField',
    records: [{ attributes, Id: '00N', DeveloperName: 'A', TableEnumOrId: 'Lead', FullName: 'Lead.A__c', Label: 'A' }],
  },
  record: { attributes, Id: '00Qak00000000001AAA', IsDeleted: false, MasterRecordId: null, SystemModstamp: stamp },
  multiple: ['/services/data/v67.0/sobjects/Lead/00Q'],
  globalDescribe: { encoding: 'UTF-8', maxBatchSize: 200, sobjects: [basics] },
  basicInformation: { objectDescribe: basics, recentItems: [] },
  compositeFailed: {
    compositeResponse: [
      { body: [{ message: 'text', errorCode: 'NOT_FOUND' }], httpHeaders: {}, httpStatusCode: 404, referenceId: 'r' },
    ],
  },
  userinfo: {
    sub: 'https://login.salesforce.com/id/00D/005',
    user_id: '005',
    organization_id: '00D',
    preferred_username: 'a@example.com',
    nickname: 'a',
    name: 'A B',
    email: 'a@example.com',
    email_verified: true,
    given_name: 'A',
    family_name: 'B',
    zoneinfo: 'UTC',
    photos: { picture: 'https://x/F', thumbnail: 'https://x/T' },
    profile: 'https://x/005',
    picture: 'https://x/F',
    address: {},
    is_salesforce_integration_user: true,
    urls: {
      enterprise: '',
      metadata: '',
      partner: '',
      rest: '',
      sobjects: '',
      search: '',
      query: '',
      recent: '',
      tooling_soap: '',
      tooling_rest: '',
      profile: '',
      feeds: '',
      groups: '',
      users: '',
      feed_items: '',
      feed_elements: '',
      custom_domain: '',
    },
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
    updated_at: '2026-05-06T09:49:19Z',
  },
  error: [{ message: 'text', errorCode: 'CODE' }],
  fieldError: [{ message: 'text', errorCode: 'CODE', fields: ['City'] }],
  plainFieldError: [{ message: 'text', errorCode: 'CODE', fields: [] }],
  oauthError: { error: 'invalid_grant', error_description: 'text' },
  token: {
    access_token: '00D!x',
    signature: 'x=',
    scope: 'api',
    instance_url: 'https://x.my.salesforce.com',
    id: 'https://login.salesforce.com/id/00D/005',
    token_type: 'Bearer',
    issued_at: '1468448630767',
  },
  created: { id: '00Qak00000000001AAA', success: true, errors: [] },
  upserted: { id: '00Qak00000000001AAA', success: true, errors: [], created: true },
  collectionFailed: [failure],
  collectionPlainFailed: [noFields],
  collectionUpserted: [{ id: '00Qak00000000001AAA', success: true, errors: [], created: true }],
  collectionUpsertFailed: [{ ...noFields, created: false }],
  collectionWritten: [{ id: '00Qak00000000001AAA', success: true, errors: [] }],
  updated: { ids: ['00Qak00000000001AAA'], latestDateCovered: stamp },
  deleted: {
    deletedRecords: [{ id: '00Qak00000000001AAA', deletedDate: stamp }],
    earliestDateAvailable: stamp,
    latestDateCovered: stamp,
  },
  recordCount: { sObjects: [{ count: 3, name: 'Account' }] },
  queryJob: { ...job, ...format },
  queryJobSeen: {
    ...job,
    jobType: 'V2Query',
    ...format,
    numberRecordsProcessed: 2,
    retries: 0,
    totalProcessingTime: 133,
  },
  ingestJob: { ...ingestJob, contentUrl: 'services/data/v67.0/jobs/ingest/750ak00000000001AAA/batches', ...format },
  ingestClosed: ingestJob,
  ingestSeen: { ...ingestJob, jobType: 'V2Ingest', ...format, ...ingestCounts },
  ingestFailed: { ...ingestJob, jobType: 'V2Ingest', ...format, ...ingestCounts, errorMessage: 'InvalidBatch : …' },
  customField: { id: '00Nak00000000001AAA', success: true, errors: [], warnings: [], infos: [] },
  composite: {
    compositeResponse: [
      { body: { totalSize: 0, done: true, records: [] }, httpHeaders: {}, httpStatusCode: 200, referenceId: 'r' },
    ],
  },
  batch: { hasErrors: false, results: [{ statusCode: 200, result: { totalSize: 0, done: true, records: [] } }] },
  duplicates: [
    {
      duplicateResut: {
        allowSave: true,
        duplicateRule: 'Leads_DR',
        duplicateRuleEntityType: 'Lead',
        errorMessage: 'text',
        matchResults: [
          {
            entityType: 'Lead',
            errors: [],
            matchEngine: 'ExactMatchEngine',
            matchRecords: [
              { additionalInformation: [], fieldDiffs: [], matchConfidence: 100, record: { attributes, Id: '00Q' } },
            ],
            rule: 'Lead_MR',
            size: 1,
            success: true,
          },
        ],
      },
      errorCode: 'DUPLICATES_DETECTED',
      message: 'text',
    },
  ],
} as const;

/** Keys of a described field since v59, as recorded. */
export const FIELD_KEYS = (
  'aggregatable aiPredictionField autoNumber byteLength calculated calculatedFormula cascadeDelete caseSensitive ' +
  'compoundFieldName controllerName createable custom defaultValue defaultValueFormula defaultedOnCreate ' +
  'dependentPicklist deprecatedAndHidden digits displayLocationInDecimal encrypted externalId extraTypeInfo ' +
  'filterable filteredLookupInfo formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted idLookup ' +
  'inlineHelpText label length mask maskType name nameField namePointing nillable permissionable picklistValues ' +
  'polymorphicForeignKey precision queryByDistance referenceTargetField referenceTo relationshipName ' +
  'relationshipOrder restrictedDelete restrictedPicklist scale searchPrefilterable soapType sortable type unique ' +
  'updateable writeRequiresMasterRead'
).split(' ');

/** Keys of a described object that are not in the global list, as recorded in 2026. */
export const DESCRIBE_KEYS = (
  'actionOverrides childRelationships compactLayoutable defaultImplementation extendedBy extendsInterfaces fields ' +
  'implementedBy implementsInterfaces listviewable lookupLayoutable namedLayoutInfos networkScopeFieldName ' +
  'recordTypeInfos searchLayoutable sobjectDescribeOption supportedScopes'
).split(' ');

/** Elements of the older Bulk API, in their order. */
export const JOB_INFO = (
  'id operation object createdById createdDate systemModstamp state concurrencyMode contentType numberBatchesQueued ' +
  'numberBatchesInProgress numberBatchesCompleted numberBatchesFailed numberBatchesTotal numberRecordsProcessed ' +
  'numberRetries apiVersion numberRecordsFailed totalProcessingTime apiActiveProcessingTime apexProcessingTime'
).split(' ');

export const BATCH_INFO = (
  'id jobId state createdDate systemModstamp numberRecordsProcessed numberRecordsFailed totalProcessingTime ' +
  'apiActiveProcessingTime apexProcessingTime'
).split(' ');

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
  collectionPlainFailed: [{ success: false, errors: [{ statusCode: 'CODE', message: 'text', fields: [] }] }],
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
  ingestJob: { ...job, contentUrl: 'services/data/v67.0/jobs/ingest/750ak00000000001AAA/batches', ...format },
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

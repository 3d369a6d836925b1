import { describe, expect, it } from 'vitest';
import { first, lead, makeLead, org, QUIET, V } from './org.ts';

const LEADS = `${V}/sobjects/Lead`;

describe('single records', () => {
  it('are created, read, changed and deleted', async () => {
    const sandbox = await org();
    const made = await sandbox.call('POST', LEADS, { LastName: 'Stone', FirstName: 'Avery', Company: 'Oak' }, QUIET);
    const { id } = made.body;
    expect([made.status, made.headers.get('location')]).toStrictEqual([201, `${LEADS}/${id}`]);
    expect(made.body).toStrictEqual({ id, success: true, errors: [] });
    const changed = await sandbox.call('PATCH', `${LEADS}/${id}`, { Title: ' Chief ' }, QUIET);
    expect([changed.status, changed.text]).toStrictEqual([204, '']);
    expect((await sandbox.call('GET', `${LEADS}/${id}?fields=Name,Title`)).body).toStrictEqual({
      attributes: { type: 'Lead', url: `${LEADS}/${id}` },
      Name: 'Avery Stone',
      Title: 'Chief',
    });
    expect((await sandbox.call('GET', `${LEADS}/${id.slice(0, 15)}`)).body).toMatchObject({ Id: id, Address: null });
    expect((await sandbox.call('DELETE', `${LEADS}/${id}`)).status).toBe(204);
    expect(first(await sandbox.call('GET', `${LEADS}/${id}`)).errorCode).toBe('NOT_FOUND');
    const again = await sandbox.call('DELETE', `${LEADS}/${id}`);
    expect([again.status, first(again).errorCode]).toStrictEqual([404, 'ENTITY_IS_DELETED']);
  });

  it('bring their case back from an 18-character id', async () => {
    const sandbox = await org();
    const ids = await Promise.all(Array.from({ length: 12 }, () => makeLead(sandbox)));
    for (const id of ids) {
      const { body } = await sandbox.call('GET', `${LEADS}/${id.toLowerCase()}?fields=Id`);
      expect(body['Id']).toBe(id);
    }
    expect((await sandbox.call('GET', `${LEADS}/00Q000000000001ZZZ`)).status).toBe(404);
  });

  it('are upserted by external id: 201, 200 with a body, 204 before v46, 300 where several fit', async () => {
    const sandbox = await org();
    const path = `${LEADS}/External_Id__c/x-1`;
    const body = { LastName: 'Stone', Company: 'Oak' };
    expect((await sandbox.call('PATCH', path, body, QUIET)).body).toMatchObject({ success: true, created: true });
    const again = await sandbox.call('PATCH', path, body, QUIET);
    expect([again.status, again.body['created']]).toStrictEqual([200, false]);
    expect((await sandbox.call('PATCH', path.replace('v67', 'v45'), body, QUIET)).status).toBe(204);
    for (const LastName of ['A', 'B']) await makeLead(sandbox, { LastName, Email: 'x@oak.example' });
    const several = await sandbox.call('PATCH', `${LEADS}/Email/x@oak.example`, body, QUIET);
    expect([several.status, (several.body as unknown as string[]).length]).toStrictEqual([300, 2]);
    const unknown = await sandbox.call('PATCH', `${LEADS}/Title/x`, body, QUIET);
    expect([unknown.status, first(unknown).errorCode]).toStrictEqual([404, 'NOT_FOUND']);
  });
});

describe('values', () => {
  it.each([
    [{ Nope__c: 1 }, 'INVALID_FIELD'],
    [{ Website_Visits__c: '12' }, 'JSON_PARSER_ERROR'],
    [{ HasOptedOutOfEmail: 'yes' }, 'JSON_PARSER_ERROR'],
    [{ pi__last_activity__c: '2026-03-02' }, 'JSON_PARSER_ERROR'],
    [{ Website_Visits__c: 123_456_789 }, 'NUMBER_OUTSIDE_VALID_RANGE'],
    [{ City: 'Francavilla Fontana, Province of Brindisi' }, 'STRING_TOO_LONG'],
    [{ Email: 'none@ (ask the office)' }, 'INVALID_EMAIL_ADDRESS'],
    [{ LastName: null }, 'REQUIRED_FIELD_MISSING'],
    [{ IsConverted: true }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
    [{ MasterRecordId: '00Q000000000001' }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
    [{ OwnerId: 'me' }, 'MALFORMED_ID'],
    [{ OwnerId: '005000000000001AAA' }, 'INVALID_CROSS_REFERENCE_KEY'],
    [{ OwnerId: '001000000000001AAA' }, 'FIELD_INTEGRITY_EXCEPTION'],
  ])('%o are refused with %s', async (values, code) => {
    const sandbox = await org();
    const id = await makeLead(sandbox);
    const answer = await sandbox.call('PATCH', `${LEADS}/${id}`, values, QUIET);
    expect([answer.status, first(answer).errorCode]).toStrictEqual([400, code]);
  });

  it('are kept as they come: numbers rounded to the scale, dateTimes to the second, blanks as null', async () => {
    const sandbox = await org();
    const id = await makeLead(sandbox, {
      Website_Visits__c: 2.6,
      Title: '',
      pi__last_activity__c: '2026-03-02T10:00:00.900+01:00',
    });
    const [row] = await sandbox.rows(
      `SELECT Website_Visits__c, Title, pi__last_activity__c FROM Lead WHERE Id = '${id}'`,
    );
    expect(row).toMatchObject({
      Website_Visits__c: 3,
      Title: null,
      pi__last_activity__c: '2026-03-02T09:00:00.000+0000',
    });
  });

  it('of a deleted parent are refused', async () => {
    const sandbox = await org();
    const AccountId = await sandbox.create('Account', { Name: 'Oak' });
    const id = await sandbox.create('Contact', { LastName: 'Stone' });
    await sandbox.call('DELETE', `${V}/sobjects/Account/${AccountId}`);
    const answer = await sandbox.call('PATCH', `${V}/sobjects/Contact/${id}`, { AccountId }, QUIET);
    expect(first(answer).errorCode).toBe('INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY');
  });
});

describe('collections', () => {
  it('answer 200 in input order, whatever becomes of the rows; failed rows have no id', async () => {
    const sandbox = await org();
    const [a, b] = [await makeLead(sandbox), await makeLead(sandbox)];
    await sandbox.call('DELETE', `${LEADS}/${b}`);
    const results = await sandbox.patch([
      lead(a, { Title: 'CTO' }),
      lead('00Qxx0000000001', { Title: 'CTO' }),
      lead(b, { Title: 'CTO' }),
      { attributes: { type: 'Lead' }, Title: 'CTO' },
      { id: await makeLead(sandbox), Title: 'CTO' },
    ]);
    expect(results.map(({ id, success, errors }) => [id, success, errors[0]?.statusCode])).toStrictEqual([
      [a, true, undefined],
      [undefined, false, 'INVALID_CROSS_REFERENCE_KEY'],
      [undefined, false, 'ENTITY_IS_DELETED'],
      [undefined, false, 'MISSING_ARGUMENT'],
      [undefined, false, 'JSON_PARSER_ERROR'],
    ]);
  });

  it('take 200 records, in at most ten runs of one type, and at least one', async () => {
    const sandbox = await org();
    const many = (count: number): object[] => Array.from({ length: count }, () => lead('00Qxx0000000001', {}));
    const patch = (records: object[]): ReturnType<typeof sandbox.call> =>
      sandbox.call('PATCH', `${V}/composite/sobjects`, { records }, QUIET);
    expect((await patch(many(200))).status).toBe(200);
    expect(first(await patch(many(201))).errorCode).toBe('EXCEEDED_MAX_SIZE_REQUEST');
    expect(first(await patch([])).message).toBe('At least 1 record is required');
    const mixed = Array.from({ length: 11 }, (_, at) => ({ attributes: { type: at % 2 ? 'Lead' : 'Contact' } }));
    expect(first(await patch(mixed)).errorCode).toBe('LIMIT_EXCEEDED');
  });

  it('refuse every row of an id that occurs twice', async () => {
    const sandbox = await org();
    const [a, b] = [await makeLead(sandbox), await makeLead(sandbox)];
    const results = await sandbox.patch([a, b, a.slice(0, 15)].map((id) => lead(id, { Title: 'X' })));
    expect(results.map(({ errors }) => errors[0]?.statusCode)).toStrictEqual([
      'DUPLICATE_VALUE',
      undefined,
      'DUPLICATE_VALUE',
    ]);
    const record = { attributes: { type: 'Lead' }, LastName: 'S', Company: 'O', External_Id__c: 'k' };
    const path = `${V}/composite/sobjects/Lead/External_Id__c`;
    const twice = await sandbox.call('PATCH', path, { records: [record, record] }, QUIET);
    expect(first(twice)).toMatchObject({ success: false, created: false });
  });

  it('with allOrNone carry out nothing if one row is bad', async () => {
    const sandbox = await org();
    const id = await makeLead(sandbox);
    const records = [lead(id, { Title: 'CTO' }), lead(await makeLead(sandbox), { Nope__c: 1 })];
    const { body } = await sandbox.call('PATCH', `${V}/composite/sobjects`, { allOrNone: true, records }, QUIET);
    const codes = (body as unknown as { errors: { statusCode: string }[] }[]).map(
      ({ errors }) => errors[0]?.statusCode,
    );
    expect(codes).toStrictEqual(['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'INVALID_FIELD']);
    expect((await sandbox.rows('SELECT Title FROM Lead'))[0]?.['Title']).toBeNull();
  });

  it('create, upsert, read and delete', async () => {
    const sandbox = await org();
    const base = `${V}/composite/sobjects`;
    const record = { attributes: { type: 'Lead' }, LastName: 'S', Company: 'O', External_Id__c: 'k' };
    const made = await sandbox.call('POST', base, { records: [record] }, QUIET);
    const { id } = first(made);
    const upserted = await sandbox.call(
      'PATCH',
      `${base}/Lead/External_Id__c`,
      { records: [record, { ...record, External_Id__c: 'l' }] },
      QUIET,
    );
    expect((upserted.body as unknown as { created: boolean }[]).map(({ created }) => created)).toStrictEqual([
      false,
      true,
    ]);
    const read = await sandbox.call('POST', `${base}/Lead`, { ids: [id, '00Qxx0000000001'], fields: ['LastName'] });
    expect(read.body).toMatchObject([{ LastName: 'S' }, null]);
    const listed = await sandbox.call('GET', `${base}/Lead?ids=00Qxx0000000001,${id}&fields=id,LastName`);
    expect(listed.body).toMatchObject([null, { Id: id, LastName: 'S' }]);
    expect(first(await sandbox.call('GET', `${base}/Lead?ids=${id}&fields=Nope`)).errorCode).toBe('INVALID_FIELD');
    expect(first(await sandbox.call('DELETE', `${base}?ids=${id}`))).toMatchObject({ id, success: true });
  });

  it('read up to 2,000 records', async () => {
    const sandbox = await org();
    const read = async (count: number): Promise<number> => {
      const ids = Array.from({ length: count }, () => '00Qxx0000000001');
      return (await sandbox.call('POST', `${V}/composite/sobjects/Lead`, { ids, fields: ['Id'] })).status;
    };
    expect([await read(2_000), await read(2_001), await read(0)]).toStrictEqual([200, 400, 400]);
  });

  it('tell of refused upserts whether they would have been new', async () => {
    const sandbox = await org();
    await makeLead(sandbox, { External_Id__c: 'known' });
    const row = (key: string): object => ({
      attributes: { type: 'Lead' },
      External_Id__c: key,
      Company: 'O',
      OwnerId: 'x',
    });
    const path = `${V}/composite/sobjects/Lead/External_Id__c`;
    const { body } = await sandbox.call('PATCH', path, { records: [row('known'), row('new')] }, QUIET);
    expect(body).toMatchObject([
      { success: false, created: false, errors: [{ statusCode: 'MALFORMED_ID' }] },
      { success: false, created: true, errors: [{ statusCode: 'MALFORMED_ID' }] },
    ]);
  });

  it('refuse an id where a record is to be created', async () => {
    const sandbox = await org();
    const records = [lead(await makeLead(sandbox), { LastName: 'S', Company: 'O' })];
    const { body } = await sandbox.call('POST', `${V}/composite/sobjects`, { records }, QUIET);
    expect(body).toMatchObject([{ errors: [{ statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', fields: ['Id'] }] }]);
  });
});

describe('rules of the customer', () => {
  it('refuse values, each rule with its message', async () => {
    const sandbox = await org();
    const id = await makeLead(sandbox, { Rating: 'Hot' });
    await sandbox.admin('validation-rules', {
      object: 'Lead',
      where: "Rating = 'Hot' AND Phone = null",
      message: 'Hot leads need a phone',
    });
    const [result] = await sandbox.patch([lead(id, { Title: 'CTO' })]);
    expect(result?.errors).toStrictEqual([
      { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Hot leads need a phone', fields: [] },
    ]);
    const [cured] = await sandbox.patch([lead(id, { Phone: '1' })]);
    expect(cured?.success).toBe(true);
  });

  it('refuse duplicates unless the header allows them, and blocking ones always', async () => {
    const sandbox = await org();
    await makeLead(sandbox, { Email: 'a@oak.example' });
    const body = { LastName: 'S', Company: 'O', Email: 'A@oak.example' };
    const refused = await sandbox.call('POST', LEADS, body);
    expect(first(refused)).toMatchObject({ errorCode: 'DUPLICATES_DETECTED', duplicateResut: { allowSave: true } });
    expect((await sandbox.call('POST', LEADS, body, QUIET)).status).toBe(201);
    await sandbox.admin('settings', { duplicates: 'block' });
    expect(first(await sandbox.call('POST', LEADS, body, QUIET)).errorCode).toBe('DUPLICATES_DETECTED');
  });

  it('refuse a second record with a unique value', async () => {
    const sandbox = await org();
    const id = await makeLead(sandbox, { External_Id__c: 'k' });
    const other = await makeLead(sandbox);
    const [result] = await sandbox.patch([lead(other, { External_Id__c: 'K' })]);
    expect(result?.errors[0]).toStrictEqual({
      statusCode: 'DUPLICATE_VALUE',
      message: `duplicate value found: External_Id__c duplicates value on record with id: ${id.slice(0, 15)}`,
      fields: ['External_Id__c'],
    });
  });

  it('hand leads to a queue on any save that does not say Sforce-Auto-Assign: FALSE', async () => {
    const sandbox = await org();
    const id = await makeLead(sandbox);
    const owner = async (): Promise<unknown> => (await sandbox.rows('SELECT Owner.Name FROM Lead'))[0]?.['Owner'];
    await sandbox.patch([lead(id, { Title: 'CTO' })]);
    expect(await owner()).toMatchObject({ Name: 'Leadloop Integration' });
    await sandbox.patch([lead(id, { Title: 'CTO' })], { 'sforce-auto-assign': 'TRUE' });
    expect(await owner()).toMatchObject({ Name: 'Inbound' });
  });

  it('lock a row, or its account, for so many writes', async () => {
    const sandbox = await org();
    const AccountId = await sandbox.create('Account', { Name: 'Oak' });
    const id = await sandbox.create('Contact', { LastName: 'Stone', AccountId });
    await sandbox.admin('locks', { ids: [AccountId], times: 1 });
    const record = { attributes: { type: 'Contact' }, id, Title: 'CTO' };
    const [locked] = await sandbox.patch([record]);
    expect(locked?.errors[0]).toMatchObject({
      statusCode: 'UNABLE_TO_LOCK_ROW',
      message: expect.stringContaining(AccountId) as string,
    });
    expect((await sandbox.patch([record]))[0]?.success).toBe(true);
  });
});

describe('composite', () => {
  it('carries out parts that name earlier ones, for one call', async () => {
    const sandbox = await org();
    const before = sandbox.usage.used();
    const { body } = await sandbox.call('POST', `${V}/composite`, {
      compositeRequest: [
        { method: 'POST', url: `${V}/sobjects/Account`, referenceId: 'a', body: { Name: 'Oak' } },
        {
          method: 'POST',
          url: `${V}/sobjects/Contact`,
          referenceId: 'c',
          body: { LastName: 'S', AccountId: '@{a.id}' },
        },
        { method: 'GET', url: `${V}/sobjects/Nope/describe`, referenceId: 'n' },
      ],
    });
    const parts = body['compositeResponse'] as { httpStatusCode: number }[];
    expect(parts.map(({ httpStatusCode }) => httpStatusCode)).toStrictEqual([201, 201, 404]);
    expect(sandbox.usage.used() - before).toBe(1);
    expect(await sandbox.rows("SELECT Id FROM Contact WHERE Account.Name = 'Oak'")).toHaveLength(1);
  });

  it('batches describes', async () => {
    const sandbox = await org();
    const batchRequests = ['Lead', 'Contact'].map((name) => ({
      method: 'GET',
      url: `v67.0/sobjects/${name}/describe`,
    }));
    const { body } = await sandbox.call('POST', `${V}/composite/batch`, { batchRequests });
    expect(body).toMatchObject({
      hasErrors: false,
      results: [{ statusCode: 200, result: { name: 'Lead' } }, { result: { name: 'Contact' } }],
    });
  });
});

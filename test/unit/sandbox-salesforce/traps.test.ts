import { describe, expect, it } from 'vitest';
import { first, lead, makeLead, org, QUIET, V, type Row, type TestOrg } from './org.ts';

/** The fifteen worst traps of this API: what a client falls into, shown on the sandbox. */

const NOON = Date.UTC(2026, 2, 2, 12, 0, 0);

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

async function load(sandbox: TestOrg, count: number): Promise<void> {
  const { object } = sandbox.org.table('Lead');
  for (let at = 0; at < count; at += 1) sandbox.org.insert(object, { LastName: `L${at}` }, { by: '', at: NOON });
}

describe('the fifteen traps', () => {
  it('1: rows committed behind the cursor', async () => {
    const sandbox = await org({ now: () => NOON });
    const { body } = await sandbox.admin('transactions');
    await sandbox.admin(`transactions/${body.id}/writes`, {
      writes: [{ object: 'Lead', values: { LastName: 'Late' } }],
    });
    sandbox.advance(60_000);
    await makeLead(sandbox);
    const [seen] = await sandbox.rows('SELECT SystemModstamp FROM Lead');
    const cursor = iso(Date.parse(String(seen?.['SystemModstamp']).replace('+0000', 'Z')));
    await sandbox.admin(`transactions/${body.id}/commit`);
    expect(await sandbox.rows(`SELECT Id FROM Lead WHERE SystemModstamp > ${cursor}`)).toHaveLength(0);
    expect(await sandbox.rows('SELECT Id FROM Lead')).toHaveLength(2);
  });

  it('2: more rows in one second than on one page; only the keyset (SystemModstamp, Id) gets through', async () => {
    const sandbox = await org({ now: () => NOON });
    await load(sandbox, 5_000);
    expect(await sandbox.rows(`SELECT Id FROM Lead WHERE SystemModstamp > ${iso(NOON)}`)).toHaveLength(0);
    const found = new Set<string>();
    let last: Row | undefined;
    do {
      const after =
        last === undefined
          ? `SystemModstamp >= ${iso(NOON)}`
          : `(SystemModstamp = ${iso(NOON)} AND Id > '${last.Id}') OR SystemModstamp > ${iso(NOON)}`;
      const rows = await sandbox.rows(`SELECT Id FROM Lead WHERE ${after} ORDER BY SystemModstamp, Id LIMIT 2000`);
      for (const row of rows) found.add(row.Id);
      last = rows.at(-1);
    } while (last !== undefined);
    expect(found.size).toBe(5_000);
  });

  it('3: a window that ends now covers less than now', async () => {
    const sandbox = await org({ now: () => NOON + 42_000 });
    const path = `${V}/sobjects/Lead/updated?start=${iso(NOON - 600_000)}&end=${iso(NOON + 3_600_000)}`;
    expect((await sandbox.call('GET', path)).body['latestDateCovered']).toBe('2026-03-02T12:00:00.000+0000');
  });

  it('4: deletes and merges show in queryAll and getDeleted only', async () => {
    const sandbox = await org({ now: () => NOON });
    const [a, b] = [await makeLead(sandbox), await makeLead(sandbox)];
    await sandbox.admin('merge', { winner: a, losers: [b] });
    expect(await sandbox.rows('SELECT Id FROM Lead')).toHaveLength(1);
    const all = await sandbox.query('SELECT MasterRecordId FROM Lead WHERE IsDeleted = TRUE', { all: true });
    expect(all.body.records).toMatchObject([{ MasterRecordId: a }]);
  });

  it('5: a formula over a parent changes without any stamp', async () => {
    const sandbox = await org({ now: () => NOON });
    const AccountId = await sandbox.create('Account', { Name: 'Oak', Enrollment__c: 100 });
    await sandbox.create('Contact', { LastName: 'S', AccountId });
    sandbox.advance(60_000);
    await sandbox.call('PATCH', `${V}/sobjects/Account/${AccountId}`, { Enrollment__c: 200 }, QUIET);
    expect(await sandbox.rows('SELECT District_Enrollment__c, SystemModstamp FROM Contact')).toMatchObject([
      { District_Enrollment__c: 200, SystemModstamp: '2026-03-02T12:00:00.000+0000' },
    ]);
    const fields = (await sandbox.call('GET', `${V}/sobjects/Contact/describe`)).body['fields'] as Record<
      string,
      unknown
    >[];
    expect(fields.find(({ name }) => name === 'District_Enrollment__c')).toMatchObject({
      calculated: true,
      updateable: false,
    });
  });

  it('6: a converted lead refuses its score', async () => {
    const sandbox = await org();
    const [a, b] = [await makeLead(sandbox), await makeLead(sandbox)];
    await sandbox.admin('convert', { leadId: a });
    const results = await sandbox.patch([a, b].map((id) => lead(id, { Title: 'X' })));
    expect(results.map(({ errors }) => errors[0]?.statusCode)).toStrictEqual([
      'CANNOT_UPDATE_CONVERTED_LEAD',
      undefined,
    ]);
  });

  it('7: 200 although every row failed', async () => {
    const sandbox = await org();
    const records = [lead('00Qxx0000000001', { Title: 'X' })];
    const answer = await sandbox.call('PATCH', `${V}/composite/sobjects`, { records });
    expect([answer.status, first(answer).success]).toStrictEqual([200, false]);
  });

  it('8: a locked account fails each of its contacts, until it is let go', async () => {
    const sandbox = await org();
    const AccountId = await sandbox.create('Account', { Name: 'Oak' });
    const ids = [
      await sandbox.create('Contact', { LastName: 'A', AccountId }),
      await sandbox.create('Contact', { LastName: 'B', AccountId }),
    ];
    await sandbox.admin('locks', { ids: [AccountId] });
    const records = ids.map((id) => ({ attributes: { type: 'Contact' }, id, Title: 'X' }));
    expect((await sandbox.patch(records)).map(({ success }) => success)).toStrictEqual([false, false]);
    await sandbox.call('DELETE', '/__sandbox/locks');
    expect((await sandbox.patch(records)).map(({ success }) => success)).toStrictEqual([true, true]);
  });

  it('9: a fresh token can be refused as well', async () => {
    const sandbox = await org();
    await sandbox.admin('faults', { name: 'session-dead' });
    const form = {
      grant_type: 'refresh_token',
      refresh_token: 'sandbox-refresh-token',
      client_id: 'sandbox-client',
      client_secret: 'sandbox-secret',
    };
    const response = await fetch(`${sandbox.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    expect((await sandbox.call('GET', `${V}/limits`, undefined, { authorization: `Bearer ${token}` })).status).toBe(
      401,
    );
  });

  it('10: a request that is never answered', async () => {
    const sandbox = await org();
    await sandbox.admin('faults', { name: 'hang', count: 1 });
    const asked = fetch(`${sandbox.url}${V}/limits`, { signal: AbortSignal.timeout(100) });
    await expect(asked).rejects.toThrow('timeout');
  });

  it('11: totalSize says more than a page holds', async () => {
    const sandbox = await org({ now: () => NOON });
    await load(sandbox, 12_000);
    const { body } = await sandbox.query('SELECT Id FROM Lead');
    expect([body.totalSize, body.records.length]).toStrictEqual([12_000, 2_000]);
  });

  it('12: bulk results come in pages, each with a header, ended by the word null', async () => {
    const sandbox = await org({ bulkPageRows: 2, bulkPolls: 0 });
    for (const Notes__c of ['a\nb', 'c', 'd']) await makeLead(sandbox, { Notes__c });
    const { body } = await sandbox.call('POST', `${V}/jobs/query`, {
      operation: 'query',
      query: 'SELECT Notes__c FROM Lead',
    });
    await sandbox.call('GET', `${V}/jobs/query/${body.id}`);
    const page = await sandbox.call('GET', `${V}//jobs/query/${body.id}/results`);
    expect([page.text, page.headers.get('sforce-locator')]).toStrictEqual(['"Notes__c"\n"a\nb"\n"c"\n', 'Mg']);
    const last = await sandbox.call('GET', `${V}/jobs/query/${body.id}/results?locator=Mg`);
    expect([last.text, last.headers.get('sforce-locator')]).toStrictEqual(['"Notes__c"\n"d"\n', 'null']);
  });

  it('13: a blank cell clears nothing, #N/A does', async () => {
    const sandbox = await org({ bulkPolls: 0 });
    const id = await makeLead(sandbox, { Title: 'A', Phone: '1' });
    const { body } = await sandbox.call('POST', `${V}/jobs/ingest`, { object: 'Lead', operation: 'update' });
    await sandbox.call('PUT', `${V}/jobs/ingest/${body.id}/batches`, `Id,Title,Phone\n${id},,#N/A\n`);
    await sandbox.call('PATCH', `${V}/jobs/ingest/${body.id}`, { state: 'UploadComplete' });
    await sandbox.call('GET', `${V}/jobs/ingest/${body.id}`);
    expect(await sandbox.rows('SELECT Title, Phone FROM Lead')).toMatchObject([{ Title: 'A', Phone: null }]);
  });

  it('14: one id comes again with each change, and with the same stamp after two in one second', async () => {
    const sandbox = await org({ now: () => NOON });
    const id = await makeLead(sandbox);
    const seen: unknown[] = [];
    for (const Title of ['A', 'B']) {
      await sandbox.patch([lead(id, { Title })]);
      const [row] = await sandbox.rows(
        `SELECT Id, Title, SystemModstamp FROM Lead WHERE SystemModstamp >= ${iso(NOON)}`,
      );
      seen.push([row?.Id, row?.['Title'], row?.['SystemModstamp']]);
    }
    expect(seen).toStrictEqual([
      [id, 'A', '2026-03-02T12:00:00.000+0000'],
      [id, 'B', '2026-03-02T12:00:00.000+0000'],
    ]);
  });

  it('15: the quota is shared with everybody, and the run dies half way', async () => {
    const sandbox = await org({ limits: { dailyApiRequests: 100 }, usedByOthers: 99 });
    expect((await sandbox.call('GET', `${V}/limits`)).status).toBe(200);
    expect(first(await sandbox.call('GET', `${V}/limits`)).errorCode).toBe('REQUEST_LIMIT_EXCEEDED');
  });
});

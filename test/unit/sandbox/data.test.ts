import { describe, expect, it } from 'vitest';
import { checkValue } from '../../../src/sandbox/hubspot/values.ts';
import { plgSamples } from '../scoring/plg-samples.ts';
import { CONTACTS, portal, V, type Portal } from './portal.ts';

const epoch = Date.parse('2026-11-01T00:00:00Z');

function contacts(sandbox: Portal): Record<string, string | undefined>[] {
  return [...sandbox.store.contacts.from(0)].map((record) => ({ id: String(record.id), ...record.properties }));
}

describe('seeded portal', () => {
  it('is the same for the same seed, and another for another', async () => {
    const [one, same, other] = [
      await portal({ contacts: 60, seed: 3, epoch }),
      await portal({ contacts: 60, seed: 3, epoch }),
      await portal({ contacts: 60, seed: 4, epoch }),
    ];
    expect(contacts(one)).toStrictEqual(contacts(same));
    expect(contacts(one)).not.toStrictEqual(contacts(other));
  });

  it('lies in the two years before the epoch, settled for ten minutes', async () => {
    const sandbox = await portal({ contacts: 500, epoch });
    for (const record of sandbox.store.contacts.from(0)) {
      expect(record.createdAt).toBeGreaterThan(epoch - 731 * 86_400_000);
      expect(record.createdAt).toBeLessThanOrEqual(record.updatedAt);
      expect(record.updatedAt).toBeLessThanOrEqual(epoch - 600_000);
    }
  });

  it('has the companies of the product-led demo and districts with enrollment', async () => {
    const sandbox = await portal({ contacts: 250, epoch });
    const companies = [...sandbox.store.table('companies').from(0)].map((record) => record.properties);
    const named = new Map(companies.map((company) => [company['name'], company]));
    for (const { name, email, signup, company: known } of plgSamples) {
      expect(named.get(name)).toMatchObject({
        domain: signup.company_domain,
        numberofemployees: String(known.company?.employee_count),
      });
      const champion = await sandbox.call('GET', `${CONTACTS}/${email}?idProperty=email&properties=company`);
      expect(champion.body.properties).toMatchObject({ company: name });
    }
    const marcus = await sandbox.call('GET', `${CONTACTS}/marcus.chen@velocitypay.io?idProperty=email`);
    expect(marcus.body.properties).toMatchObject({ firstname: 'Marcus', lastname: 'Chen' });
    const enrolled = companies.filter((company) => Number(company['district_enrollment']) > 0);
    expect(enrolled.length).toBeGreaterThan(10);
  });

  it('has many cold contacts and few hot ones', async () => {
    const sandbox = await portal({ contacts: 1_000, epoch });
    const visits = contacts(sandbox).map((contact) => Number(contact['hs_analytics_num_visits'] ?? 0));
    expect(visits.filter((count) => count === 0).length).toBeGreaterThan(400);
    const hot = visits.filter((count) => count > 20).length;
    expect(hot).toBeGreaterThan(5);
    expect(hot).toBeLessThan(150);
  });

  it('has the ugly cases of a real portal', async () => {
    const sandbox = await portal({ contacts: 250, epoch });
    const all = contacts(sandbox);
    const emails = all.map((contact) => contact['email']).filter((email) => email !== undefined);
    expect(emails.length).toBeLessThan(all.length);
    expect(new Set(emails).size).toBe(emails.length);
    expect(emails.every((email) => email === email.toLowerCase())).toBe(true);
    const some = (name: string, test: RegExp): boolean => all.some((contact) => test.test(contact[name] ?? ''));
    expect(some('secondary_email_text', /^[A-Z.0-9]+@/)).toBe(true);
    expect(some('secondary_email_text', /none@/)).toBe(true);
    expect(some('enrollment_text', /^12,500 students$/)).toBe(true);
    expect(some('firstname', /[^\u0020-\u007f]/)).toBe(true);
    expect(some('lastname', /<script>/)).toBe(true);
    expect(some('lastname', /^.{300}$/u)).toBe(true);
    const records = [...sandbox.store.contacts.from(0)];
    expect(records.some((record) => record.archivedAt !== undefined)).toBe(true);
    const merged = records.find((record) => record.mergedIds.length > 0);
    expect((await sandbox.read(String(merged?.mergedIds[0]))).body.id).toBe(String(merged?.id));
  });

  it('is a portal its own rules would accept', async () => {
    const sandbox = await portal({ contacts: 250, epoch });
    const refused = ['contacts', 'companies', 'deals', 'meetings', 'calls', 'emails'].flatMap((name) => {
      const table = sandbox.store.table(name);
      return [...table.from(0)].flatMap((record) =>
        Object.entries(record.properties).filter(([property, value]) => {
          const definition = table.catalogue.get(property);
          if (value === undefined) return false;
          if (definition === undefined) return true;
          const writable = {
            ...definition,
            calculated: false,
            modificationMetadata: { ...definition.modificationMetadata, readOnlyValue: false },
          };
          return 'problem' in checkValue(writable, value, undefined);
        }),
      );
    });
    expect(refused).toStrictEqual([]);
  });
});

describe('forms, submissions and e-mail events', () => {
  it('lists forms of type hubspot, all on request; submissions newest first, fifty at most', async () => {
    const sandbox = await portal({ contacts: 600, epoch });
    const plain = await sandbox.call('GET', '/marketing/v3/forms?limit=50');
    const all = await sandbox.call('GET', '/marketing/v3/forms?limit=50&formTypes=all');
    expect(all.body.results.length).toBe(plain.body.results.length + 1);
    const path = `/form-integrations/v1/submissions/forms/${plain.body.results[3]?.id}`;
    expect((await sandbox.call('GET', `${path}?limit=51`)).status).toBe(400);
    const times: number[] = [];
    let after: string | undefined = '';
    while (after !== undefined) {
      const { body } = await sandbox.call('GET', `${path}?limit=10${after === '' ? '' : `&after=${after}`}`);
      times.push(...body.results.map((row) => row.submittedAt));
      after = body.paging?.next.after;
    }
    expect(times.length).toBeGreaterThan(10);
    expect(times).toStrictEqual(times.toSorted((a, b) => b - a));
  });

  it('refuses the submissions of a comment form', async () => {
    const sandbox = await portal();
    const { body } = await sandbox.call('GET', '/marketing/v3/forms?formTypes=blog_comment');
    const refused = await sandbox.call('GET', `/form-integrations/v1/submissions/forms/${body.results[0]?.id}`);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('FORM_TYPE_NOT_ALLOWED');
  });

  it('filters e-mail events by type, person and time, the end included, and pages them', async () => {
    const sandbox = await portal({ contacts: 300, epoch });
    const { emailEvents } = sandbox.store;
    const last = emailEvents.at(-1);
    const query = `startTimestamp=${last?.created}&endTimestamp=${last?.created}&recipient=${last?.recipient}`;
    const { body } = await sandbox.call('GET', `/email/public/v1/events?eventType=${last?.type}&${query}`);
    expect(body['events']).toContainEqual(last);
    const page = await sandbox.call('GET', '/email/public/v1/events?limit=1');
    expect(page.body).toMatchObject({ hasMore: true, offset: expect.any(String) });
    const next = await sandbox.call('GET', `/email/public/v1/events?limit=1&offset=${String(page.body['offset'])}`);
    expect(next.body['events']).not.toStrictEqual(page.body['events']);
  });

  it('lists owners by id, the archived ones in a call of their own', async () => {
    const sandbox = await portal();
    const { body } = await sandbox.call('GET', `/crm/owners/${V}?limit=2`);
    expect(body.results).toHaveLength(2);
    const next = await sandbox.call('GET', `/crm/owners/${V}?limit=9&after=${body.paging?.next.after}`);
    expect(next.body.results[0]?.id).toBe(body.paging?.next.after);
    const archived = await sandbox.call('GET', `/crm/owners/${V}?archived=true`);
    expect(archived.body.results).toMatchObject([{ userId: null, archived: true }]);
  });
});

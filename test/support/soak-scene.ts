import { seededRandom } from '../../src/sandbox/server/random.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../src/scoring/defaults.ts';
import { createSealer } from '../../src/secrets/seal.ts';
import { type Loop, type LoopClock, type SalesforceLoop, sealingKey, startLoop, startSalesforceLoop } from './loop.ts';
import { handsOf } from './loop-crm.ts';
import { salesforceHandsOf } from './loop-salesforce.ts';
import { productOf } from './product.ts';
import { type Shop, startShop } from './source.ts';
import type { TestDatabase } from './database.ts';

const appSecret = 'the secret of the app';
const people = 24;
const oauth = { clientId: 'sandbox-client', clientSecret: 'sandbox-secret', refreshToken: 'sandbox-refresh-token' };

/** Two organisations with three CRMs and a source between them, all on one clock that only the test moves. */
export interface SoakScene extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly clock: LoopClock;
  readonly hubspot: Loop;
  readonly salesforce: SalesforceLoop;
  /** Of the other organisation: by OAuth, so that its credentials are renewed twice an hour. */
  readonly other: Loop;
  /** Lets the first HubSpot call this daemon when something happens. */
  hook(url: string): void;
  /** Waits until what the CRM has to tell has been told. */
  told(): Promise<void>;
  /** Something that people do in an hour, or two things. */
  happens(): Promise<void>;
  /** The MQL profile of the first organisation weighs otherwise from here on. */
  weighAnew(): Promise<void>;
  /** The other organisation's credentials die; the answer brings them back. */
  loseCredentials(): Promise<() => Promise<void>>;
}

export async function startSoakScene(start: number): Promise<SoakScene> {
  await using stack = new AsyncDisposableStack();
  let clock: LoopClock | null = null;
  const shop = stack.use(await startShop(() => new Date(clock?.now() ?? start)));
  const { db } = shop;
  await shop.apply([{ schedule: '0 * * * *' }]);
  const [acme] = await db.sql<{ id: string }>(`select id from orgs where slug = 'acme'`);
  const sandbox = { contacts: people, epoch: start - 3_600_000 };
  const other = stack.use(
    await startLoop({ db, org: 'umbrella', name: 'crm', sandbox, credentials: oauth, pull: { objects: [] } }),
  );
  clock = other.clock;
  clock.hold();
  clock.advance(start - clock.now());
  const beside = { db, orgId: acme!.id, clock };
  const credentials = { accessToken: 'sandbox-token', clientSecret: appSecret };
  const hubspot = stack.use(await startLoop({ beside, name: 'hubspot', sandbox, credentials, pull: { objects: [] } }));
  const salesforce = stack.use(
    await startSalesforceLoop({
      beside,
      name: 'salesforce',
      sandbox: { leads: people, contacts: 10, epoch: sandbox.epoch },
    }),
  );
  await db.sql(`update connections set schedule = '*/30 * * * *', account_id = case name when 'hubspot' then $1 end`, [
    String(hubspot.crm.store.portalId),
  ]);
  const profiles = productOf({ db, orgId: acme!.id });
  for (const one of [profiles, productOf(other)]) {
    await one.profile(defaultMqlProfile);
    await one.profile(defaultPlgProfile);
  }
  const kept = stack.move();
  return {
    db,
    clock,
    hubspot,
    salesforce,
    other,
    hook: (url) =>
      void hubspot.crm.webhooks.subscribe({
        targetUrl: `${url}/hooks/acme/hubspot`,
        clientSecret: appSecret,
        subscriptions: ['contact.creation', 'contact.deletion', 'contact.merge']
          .map((eventType): { eventType: string; propertyName?: string } => ({ eventType }))
          .concat({ eventType: 'contact.propertyChange', propertyName: 'jobtitle' }),
      }),
    async told() {
      // What happens at once is gathered for some milliseconds before it counts as pending.
      await new Promise((resolve) => setTimeout(resolve, 15));
      // What was refused waits for the clock to be moved.
      for (let n = 0; hubspot.crm.webhooks.pending > 0 && n < 20; n += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    happens: daily({ hubspot, salesforce, other, shop, clock }),
    async weighAnew() {
      const [first, ...rest] = defaultMqlProfile.components;
      await profiles.profile({
        ...defaultMqlProfile,
        components: [{ ...first!, weightPercent: 1.1 * first!.weightPercent }, ...rest],
      });
    },
    loseCredentials: () => loseCredentials(other),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function loseCredentials({ db, orgId, connectionId }: Loop): Promise<() => Promise<void>> {
  const sealer = createSealer([{ id: 'test', bytes: sealingKey }]);
  const read = `select credentials_sealed as bytes from connections where id = $1`;
  const write = `update connections set credentials_sealed = $2 where id = $1`;
  const [before] = await db.sql<{ bytes: Buffer }>(read, [connectionId]);
  const revoked = sealer.seal(JSON.stringify({ ...oauth, refreshToken: 'revoked' }), { orgId, connectionId });
  await db.sql(write, [connectionId, Buffer.from(revoked.bytes)]);
  return async () => void (await db.sql(write, [connectionId, before!.bytes]));
}

type Actors = Pick<SoakScene, 'hubspot' | 'salesforce' | 'other' | 'clock'> & { readonly shop: Shop };

/** Of the sixteen things that people do, two an hour, one is to erase somebody. */
export const erasedADay = 3;

/** What people do, one after the other: every hour takes the next two. */
function daily({ hubspot, salesforce, other, shop, clock }: Actors): () => Promise<void> {
  const random = seededRandom(20_261_127);
  const mine = handsOf(hubspot);
  const theirs = handsOf(other);
  const sales = salesforceHandsOf(salesforce);
  let born = 0;
  let binned: string | null = null;
  const newcomer = () => ({ email: `person-${(born += 1)}@soak.example` });
  const any = <One>(list: readonly One[]): One => list[Math.floor(random.next() * list.length)]!;
  const anyOf = (hands: typeof mine): number => any(hands.living()).id;
  const anyLead = (): string => any(sales.living('Lead')).id;
  const acts: readonly (() => void | Promise<unknown>)[] = [
    () => mine.edit(anyOf(mine), { jobtitle: any(['Superintendent', 'Principal', 'Teacher']) }),
    () => sales.edit(anyLead(), { Title: any(['Superintendent', 'Principal', 'Teacher']) }),
    () => mine.create({ ...newcomer(), jobtitle: 'Principal' }),
    () => theirs.edit(anyOf(theirs), { hs_analytics_num_visits: String(Math.floor(random.next() * 60)) }),
    () => sales.create('Lead', { LastName: 'Newcomer', Email: newcomer().email, Title: 'Superintendent' }),
    () => mine.create({ ...newcomer(), jobtitle: 'Superintendent' }),
    async () => {
      const [one, two] = mine.living().toSorted(() => random.next() - 0.5);
      await mine.merge(one!.id, two!.id);
    },
    () => sales.respond(anyLead(), 'Open day', new Date(clock.now()).toISOString().slice(0, 10)),
    () => theirs.create(newcomer()),
    async () => {
      if (binned !== null) sales.undelete(binned);
      binned = binned === null ? anyLead() : null;
      if (binned !== null) sales.remove(binned);
    },
    () => sales.create('Lead', { LastName: 'Another', Email: newcomer().email }),
    () => mine.archive(anyOf(mine)),
    () => theirs.erase(anyOf(theirs)),
    () => sales.convert(sales.create('Lead', { LastName: 'Buyer', Email: newcomer().email })),
    () => {
      const [one, two] = sales.living('Lead');
      sales.merge(one!.id, two!.id);
    },
    () => sales.create('Lead', { LastName: 'Third', Email: newcomer().email, Title: 'Teacher' }),
  ];
  let turn = 0;
  return async () => {
    for (let n = 0; n < 2; n += 1) await acts[(turn += 1) % acts.length]!();
    const calls = String(Math.floor(random.next() * 50_000));
    const row = [`developer-${turn % 20}@product.example`, new Date(clock.now()), calls];
    await shop.theirs.sql('insert into usage_daily values ($1, $2, $3)', row);
  };
}

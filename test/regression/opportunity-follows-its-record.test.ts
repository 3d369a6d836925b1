// Wrong: an opportunity kept its first stage and amount, and an owner the first name, for no rule maps them.
import { expect, test } from 'vitest';
import { startSalesforceLoop } from '../support/loop.ts';
import { salesforceHandsOf } from '../support/loop-salesforce.ts';

test('stage and amount of an opportunity follow Salesforce, and so does the name of an owner', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 4, contacts: 1 } });
  const hands = salesforceHandsOf(loop);
  const deal = hands.create('Opportunity', {
    Name: 'Engines',
    StageName: 'Prospecting',
    Amount: 1_000,
    CloseDate: '2027-03-01',
    IsClosed: false,
    IsWon: false,
  });
  const [owner] = hands.living('User').filter(({ values }) => values['UserType'] === 'Standard');
  await loop.sync();
  hands.edit(deal, { StageName: 'Negotiation/Review', Amount: 2_500 });
  hands.edit(owner!.id, { LastName: 'Babbage' });
  loop.clock.advance(60_000);
  expect((await loop.sync()).failure).toBeNull();
  expect(
    await loop.db.sql('select stage, amount::float as amount from opportunities where external_id = $1', [deal]),
  ).toEqual([{ stage: 'Negotiation/Review', amount: 2_500 }]);
  const [user] = await loop.db.sql<{ name: string }>(
    'select u.name from users u join source_records s on s.user_id = u.id where s.external_id = $1',
    [owner!.id],
  );
  expect(user?.name).toContain('Babbage');
});

import { Group, Stack, Table, Text, Title } from '@mantine/core';
import type { LeadAnswer, Receipt } from '../../../http/api/leads/schemas.ts';
import { TierBadge } from '../../parts/badges.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Time } from '../../parts/time.tsx';
import { count, number, shown } from '../../parts/words.ts';
import { Trend } from './trend.tsx';

/** Every point of every score, and how they came about. */
export function Receipts({ answer }: { readonly answer: LeadAnswer }) {
  const { receipts, signups, account, history } = answer;
  if (receipts.length + signups.length === 0)
    return <Empty title="There is no score yet">The next run of a connection scores this person.</Empty>;
  return (
    <Stack gap="xl">
      {history.length > 0 && <Trend history={history} />}
      {receipts.map((receipt) => (
        <Points key={receipt.profile.kind} title="Marketing score" receipt={receipt} />
      ))}
      {signups.map(({ id, breakdown, signedUpAt, source, isCompanyEmail }) => (
        <Points
          key={id}
          title="Product score"
          receipt={breakdown}
          note={
            <>
              signed up <Time at={signedUpAt} />
              {source !== null && ` by ${source}`}
              {!isCompanyEmail && '; a private address, which counts for no company'}
            </>
          }
        />
      ))}
      {account !== null && account.people > 1 && (
        <Points
          title={`Score of ${account.companyName ?? account.domain}`}
          receipt={account.breakdown}
          note={`${count(account.people, 'signup')} taken together`}
        />
      )}
    </Stack>
  );
}

interface Props {
  readonly title: string;
  readonly receipt: Receipt;
  readonly note?: React.ReactNode;
}

function Points({ title, receipt, note }: Props) {
  const { components, contributions, profile, scoredAt, total, tier } = receipt;
  return (
    <section aria-label={`${title}, point by point`}>
      <Group gap="sm" align="baseline">
        <Title order={2}>
          {title} {total}
        </Title>
        <TierBadge tier={tier} />
        <Text c="dimmed" size="sm">
          {profile.name}, version {profile.version} · <Time at={scoredAt} />
          {note !== undefined && <> · {note}</>}
        </Text>
      </Group>
      <Table.ScrollContainer minWidth={620} type="native" tabIndex={0} role="region" aria-label={`${title}: points`}>
        <Table verticalSpacing={4} mt="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Rule</Table.Th>
              <Table.Th scope="col">Input</Table.Th>
              <Table.Th scope="col">Seen</Table.Th>
              <Table.Th scope="col" ta="right">
                Earned
              </Table.Th>
              <Table.Th scope="col" ta="right">
                Counted
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          {components.map((component) => (
            <Table.Tbody key={component.name}>
              <Table.Tr>
                <Table.Th scope="rowgroup" colSpan={3}>
                  {component.name}
                  {component.weightPercent !== 100 && (
                    <Text span c="dimmed" size="sm" fw={400}>
                      {' '}
                      × {component.weightPercent} %
                    </Text>
                  )}
                </Table.Th>
                <Table.Td ta="right" fw={650} className="numbers">
                  {number(component.earned)}
                </Table.Td>
                <Table.Td ta="right" fw={650} className="numbers">
                  {number(component.counted)} of {number(component.max)}
                </Table.Td>
              </Table.Tr>
              {contributions
                .filter((one) => one.component === component.name)
                .map((one) => (
                  <Table.Tr key={one.ruleId} {...(one.earned === 0 && { c: 'dimmed' })}>
                    <Table.Td pl="lg">{one.label}</Table.Td>
                    <Table.Td className="anywhere">{shown(one.input)}</Table.Td>
                    <Table.Td>
                      <Time at={one.observedAt} never="–" />
                    </Table.Td>
                    <Table.Td ta="right" className="numbers">
                      {number(one.earned)}
                    </Table.Td>
                    <Table.Td ta="right" className="numbers">
                      {number(one.counted)}
                    </Table.Td>
                  </Table.Tr>
                ))}
            </Table.Tbody>
          ))}
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

import { AreaChart } from '@mantine/charts';
import { Anchor, Group, Paper, SimpleGrid, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { Link } from 'react-router';
import type { OverviewAnswer, OverviewCounts } from '../../../http/api/overview/schemas.ts';
import { TierBadge, tierColor } from '../../parts/badges.tsx';
import { number, titled } from '../../parts/words.ts';
import { useOrg } from '../../shell/org.tsx';

const dayOf = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const told = (day: string): string => dayOf.format(new Date(`${day}T00:00:00Z`));

interface TierMixProps extends Pick<OverviewAnswer, 'days'> {
  readonly counts: OverviewCounts;
}

/** How hot the leads are, now and by the day. */
export function TierMix({ counts: { tiers, productTiers }, days }: TierMixProps) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Stack gap="md">
        <Now title="Leads by tier" page="leads" tiers={tiers} />
        {productTiers.length > 0 && <Now title="Signups by tier" page="signups" tiers={productTiers} />}
      </Stack>
      <Paper withBorder p="md" component="section" aria-labelledby="tiers-by-day">
        <Title order={2} id="tiers-by-day" mb="sm">
          Tiers by day
        </Title>
        {days.length < 2 ? (
          <Text c="dimmed" size="sm">
            Each day is written down when a run ends. The chart begins tomorrow.
          </Text>
        ) : (
          <ByDay tiers={tiers.map(({ tier }) => tier)} days={days} />
        )}
      </Paper>
    </SimpleGrid>
  );
}

interface NowProps {
  readonly title: string;
  readonly page: string;
  readonly tiers: OverviewCounts['tiers'];
}

function Now({ title, page, tiers }: NowProps) {
  const { path } = useOrg();
  const all = tiers.reduce((sum, { leads }) => sum + leads, 0);
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      <Stack gap={6}>
        {tiers.map(({ tier, leads }) => (
          <Group key={tier} justify="space-between">
            <TierBadge tier={tier} />
            <Group gap="sm">
              <Text size="sm" c="dimmed" className="numbers">
                {all === 0 ? 0 : Math.round((100 * leads) / all)} %
              </Text>
              <Anchor
                component={Link}
                to={`${path}/${page}?tier=${encodeURIComponent(tier)}`}
                fw={650}
                className="numbers"
                aria-label={`${titled(tier)}: ${number(leads)}`}
              >
                {number(leads)}
              </Anchor>
            </Group>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}

interface ByDayProps {
  readonly tiers: readonly string[];
  readonly days: OverviewAnswer['days'];
}

function ByDay({ tiers, days }: ByDayProps) {
  const [first, last] = [days[0], days.at(-1)];
  return (
    <>
      <div
        role="img"
        aria-label={`Leads of each tier from ${told(first?.day ?? '')} to ${told(last?.day ?? '')}; the same numbers follow as a table.`}
      >
        <AreaChart
          h={220}
          type="stacked"
          data={days.map(({ day, tiers: counts }) => ({ day, ...counts }))}
          dataKey="day"
          series={tiers.toReversed().map((name, place) => ({ name, color: `${tierColor(name, place)}.6` }))}
          xAxisProps={{ tickFormatter: told, minTickGap: 24 }}
          valueFormatter={number}
          withLegend
          withDots={false}
          legendProps={{ itemSorter: null }}
          areaChartProps={{ accessibilityLayer: false }}
        />
      </div>
      <VisuallyHidden>
        <table>
          <caption>Leads of each tier by day</caption>
          <thead>
            <tr>
              <th scope="col">Day</th>
              {tiers.map((tier) => (
                <th key={tier} scope="col">
                  {tier}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, tiers: counts }) => (
              <tr key={day}>
                <th scope="row">{told(day)}</th>
                {tiers.map((tier) => (
                  <td key={tier}>{number(counts[tier] ?? 0)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </>
  );
}

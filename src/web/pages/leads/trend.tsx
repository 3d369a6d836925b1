import { LineChart } from '@mantine/charts';
import { Stack, Text, Title } from '@mantine/core';
import type { ScoreChange } from '../../../http/api/leads/schemas.ts';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { TierBadge } from '../../parts/badges.tsx';

const kinds = { mql: 'Marketing', plg: 'Product' } as const;
const dayOf = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** How the scores went; the table below says the same in words. */
export function Trend({ history }: { readonly history: readonly ScoreChange[] }) {
  const changes = history.toReversed();
  return (
    <Stack gap="xs" component="section" aria-label="Trend">
      <Title order={2}>Trend</Title>
      {changes.length > 1 ? (
        <div role="img" aria-label={told(changes)}>
          <LineChart
            h={180}
            data={points(changes)}
            dataKey="at"
            series={Object.values(kinds)
              .filter((name) => changes.some(({ kind }) => kinds[kind] === name))
              .map((name) => ({ name, color: name === 'Product' ? 'teal.6' : 'indigo.6' }))}
            curveType="stepAfter"
            yAxisProps={{ domain: [0, 100] }}
            xAxisProps={{ tickFormatter: (at: string) => dayOf.format(new Date(at)), minTickGap: 32 }}
            withLegend
            connectNulls
            lineChartProps={{ accessibilityLayer: false }}
          />
        </div>
      ) : (
        <Text c="dimmed" size="sm">
          There is one score so far: the line begins with the next change.
        </Text>
      )}
      <DataTable
        caption="Changes of the scores"
        rows={history.slice(0, 20)}
        keyOf={({ kind, at, total }) => `${kind} ${at} ${total}`}
        columns={[
          { head: 'When', cell: ({ at }) => <Time at={at} /> },
          { head: 'Score', cell: ({ kind }) => kinds[kind] },
          { head: 'Before', isNumber: true, cell: ({ before }) => before ?? '–' },
          { head: 'After', isNumber: true, cell: ({ total }) => total },
          { head: 'Tier', cell: ({ tier }) => <TierBadge tier={tier} /> },
          { head: 'Why', cell: ({ reason }) => <Text size="sm">{reason}</Text> },
        ]}
      />
    </Stack>
  );
}

/** A score holds until it changes: each instant has the last one of each kind. */
function points(changes: readonly ScoreChange[]): Record<string, string | number>[] {
  let known: Record<string, number> = {};
  return changes.map(({ kind, total, at }) => {
    known = { ...known, [kinds[kind]]: total };
    return { at, ...known };
  });
}

function told(changes: readonly ScoreChange[]): string {
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined) return 'No score yet';
  return `${changes.length} changes, from ${first.total} on ${dayOf.format(new Date(first.at))} to ${last.total} on ${dayOf.format(new Date(last.at))}; the table below has each.`;
}

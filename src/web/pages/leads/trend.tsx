import { LineChart } from '@mantine/charts';
import { Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { IconArrowNarrowRight } from '@tabler/icons-react';
import type { ScoreChange } from '../../../http/api/leads/schemas.ts';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { TierBadge } from '../../parts/badges.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import { count } from '../../parts/words.ts';

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
      <Changes history={history} />
    </Stack>
  );
}

/** Of all that there are, the newest; a line of changes that nobody reads to its end. */
const shownAtMost = 20;

const choices = [
  { value: 'all', label: 'All changes' },
  { value: 'mql', label: kinds.mql },
  { value: 'plg', label: kinds.plg },
  { value: 'tiers', label: 'Tier changes' },
];

function Changes({ history }: { readonly history: readonly ScoreChange[] }) {
  const { filters, set } = useFilters(['changes']);
  const chosen = choices.find(({ value }) => value === filters.changes)?.value ?? 'all';
  const rows = history.filter(
    (change) => chosen === 'all' || chosen === change.kind || (chosen === 'tiers' && isMove(change)),
  );
  return (
    <>
      <Group justify="space-between">
        <Title order={3} fz="md">
          Changes
        </Title>
        <SegmentedControl
          size="xs"
          aria-label="Which changes"
          data={choices.filter(
            ({ value }) => value === 'all' || value === 'tiers' || history.some(({ kind }) => kind === value),
          )}
          value={chosen}
          onChange={(value) => set('changes', value === 'all' ? null : value)}
        />
      </Group>
      {rows.length === 0 ? (
        <Text c="dimmed" size="sm">
          There is none yet.
        </Text>
      ) : (
        <DataTable
          caption="Changes of the scores"
          rows={rows.slice(0, shownAtMost)}
          keyOf={({ kind, at, total }) => `${kind} ${at} ${total}`}
          columns={[
            { head: 'When', cell: ({ at }) => <Time at={at} /> },
            { head: 'Score', cell: ({ kind }) => kinds[kind] },
            { head: 'Before', isNumber: true, cell: ({ before }) => before ?? '–' },
            { head: 'After', isNumber: true, cell: ({ total }) => total },
            { head: 'Tier', cell: (change) => <Tiers change={change} /> },
            { head: 'Why', cell: ({ reason }) => <Text size="sm">{reason}</Text> },
          ]}
        />
      )}
    </>
  );
}

/** The first tier of a score is none: nobody has moved. */
function isMove({ tierBefore, tier }: ScoreChange): boolean {
  return tierBefore !== null && tierBefore !== tier;
}

function Tiers({ change }: { readonly change: ScoreChange }) {
  if (!isMove(change)) return <TierBadge tier={change.tier} />;
  return (
    <Group gap={4} wrap="nowrap">
      <TierBadge tier={change.tierBefore} />
      <IconArrowNarrowRight size={14} role="img" aria-label="becomes" />
      <TierBadge tier={change.tier} />
    </Group>
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

/** `Product: 5 changes, from 22 on 28 Oct to 88 on 27 Nov` */
function told(changes: readonly ScoreChange[]): string {
  const lines = Map.groupBy(changes, ({ kind }) => kind);
  const texts = [...lines].map(([kind, own]) => {
    const ends = [own[0], own.at(-1)].flatMap((one) =>
      one === undefined ? [] : `${one.total} on ${dayOf.format(new Date(one.at))}`,
    );
    return `${kinds[kind]}: ${count(own.length, 'change')}, from ${ends.join(' to ')}`;
  });
  return `${texts.join('; ')}. The table below has each.`;
}

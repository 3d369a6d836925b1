import { BarChart } from '@mantine/charts';
import { Box, Table, VisuallyHidden } from '@mantine/core';
import type { Preview } from '../../../http/api/profiles/schemas.ts';

const ranges = ['0–9', '10–19', '20–29', '30–39', '40–49', '50–59', '60–69', '70–79', '80–89', '90–100'];

/** How many have which score, by what is in force and by the draft; in figures for who does not see it. */
export function Distribution({ preview: { before, after } }: { readonly preview: Preview }) {
  const data = ranges.map((points, index) => ({ points, Live: before[index] ?? 0, Draft: after[index] ?? 0 }));
  return (
    <>
      <Box aria-hidden>
        <BarChart
          h={220}
          data={data}
          dataKey="points"
          series={[
            { name: 'Live', color: 'gray.5' },
            { name: 'Draft', color: 'indigo.6' },
          ]}
          withLegend
          legendProps={{ verticalAlign: 'bottom', height: 32 }}
          tickLine="none"
          gridAxis="x"
          yAxisProps={{ allowDecimals: false }}
          barProps={{ isAnimationActive: false, radius: [3, 3, 0, 0] }}
          barChartProps={{ accessibilityLayer: false, margin: { left: -16 } }}
        />
      </Box>
      <VisuallyHidden>
        <Table>
          <Table.Caption>People by score, live and by the draft</Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Score</Table.Th>
              <Table.Th scope="col">Live</Table.Th>
              <Table.Th scope="col">Draft</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.map(({ points, Live, Draft }) => (
              <Table.Tr key={points}>
                <Table.Th scope="row">{points}</Table.Th>
                <Table.Td>{Live}</Table.Td>
                <Table.Td>{Draft}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </VisuallyHidden>
    </>
  );
}

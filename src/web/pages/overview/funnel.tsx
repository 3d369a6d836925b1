import { Anchor, Group, Paper, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { OverviewCounts } from '../../../http/api/overview/schemas.ts';
import { statusLabel } from '../../parts/badges.tsx';
import { number } from '../../parts/words.ts';
import { useOrg } from '../../shell/org.tsx';

const steps = ['new', 'engaged', 'mql', 'sql', 'opportunity'] as const;
const aside = ['disqualified', 'recycled'] as const;

/** From new to opportunity: how many stand at each step now, and how many have come at least so far. */
export function Funnel({ statuses }: Pick<OverviewCounts, 'statuses'>) {
  const { path } = useOrg();
  const at = (status: string): number => statuses[status] ?? 0;
  const beyond = (step: number): number => steps.slice(step).reduce((sum, status) => sum + at(status), 0);
  const all = beyond(0);
  return (
    <section aria-labelledby="funnel">
      <Title order={2} id="funnel" mb="sm">
        Funnel
      </Title>
      <SimpleGrid cols={{ base: 1, xs: 2, sm: 3, md: 5 }} component="ol" p={0} m={0} className="plain-list">
        {steps.map((status, step) => {
          const share = all === 0 ? 0 : Math.round((100 * beyond(step)) / all);
          return (
            <Paper withBorder p="md" component="li" key={status}>
              <Stack gap={4}>
                <Text size="sm" c="dimmed">
                  {statusLabel(status)}
                </Text>
                <Anchor
                  component={Link}
                  to={`${path}/leads?status=${status}`}
                  fz={26}
                  fw={700}
                  lh={1.1}
                  className="numbers"
                  aria-label={`${statusLabel(status)}: ${number(at(status))}`}
                >
                  {number(at(status))}
                </Anchor>
                <Progress value={share} size="sm" color="violet" aria-label={`${share} percent have come this far`} />
                <Text size="xs" c="dimmed" className="numbers">
                  {share} % have come this far
                </Text>
              </Stack>
            </Paper>
          );
        })}
      </SimpleGrid>
      <Group gap="lg" mt="sm">
        {aside.map((status) => (
          <Anchor key={status} component={Link} to={`${path}/leads?status=${status}`} size="sm">
            {statusLabel(status)}: {number(at(status))}
          </Anchor>
        ))}
      </Group>
    </section>
  );
}

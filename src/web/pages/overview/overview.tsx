import { Alert, Anchor, Button, Group, Loader, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { OverviewAnswer, OverviewCounts } from '../../../http/api/overview/schemas.ts';
import { useOverview } from '../../api/overview.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { count } from '../../parts/words.ts';
import { useMay, useOrg } from '../../shell/org.tsx';
import { ConnectionCard, SourceCard } from './connection-card.tsx';
import { Funnel } from './funnel.tsx';
import { TierMix } from './tier-mix.tsx';

/** How everything stands, on one page. */
export function OverviewPage() {
  const { name } = useOrg();
  const overview = useOverview();
  return (
    <Page title="Overview" lead={`How ${name} stands: connections, the way from lead to opportunity, and the scores.`}>
      {overview.isPending && <Loading what="the overview" />}
      {overview.error !== null && <ProblemNote error={overview.error} onRetry={() => void overview.refetch()} />}
      {overview.data !== undefined && <Standing overview={overview.data} />}
    </Page>
  );
}

function Standing({ overview }: { readonly overview: OverviewAnswer }) {
  const { connections, sources, unsentAlerts, counts, days } = overview;
  return (
    <Stack gap="xl">
      {unsentAlerts.givenUp > 0 && (
        <Alert color="red" variant="light" title={`${count(unsentAlerts.givenUp, 'alert')} reached nobody`}>
          {unsentAlerts.lastError ?? 'The address of the alerts did not take them.'} Check LEADLOOP_ALERT_URL.
        </Alert>
      )}
      <section aria-labelledby="connections">
        <Title order={2} id="connections" mb="sm">
          Connections
        </Title>
        {connections.length === 0 && <NoConnection />}
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
          {connections.map((connection) => (
            <ConnectionCard key={connection.name} connection={connection} />
          ))}
          {sources.map((source) => (
            <SourceCard key={`source ${source.name}`} source={source} />
          ))}
        </SimpleGrid>
      </section>
      {counts === null ? <Counting /> : <Counted counts={counts} days={days} />}
    </Stack>
  );
}

/** Everything else is there: only how many leads there are takes a moment, where there are very many. */
function Counting() {
  return (
    <Group gap="sm" role="status">
      <Loader size="sm" aria-hidden />
      <Text c="dimmed">Counting the leads…</Text>
    </Group>
  );
}

interface CountedProps {
  readonly counts: OverviewCounts;
  readonly days: OverviewAnswer['days'];
}

function Counted({ counts, days }: CountedProps) {
  if (Object.values(counts.statuses).every((leads) => leads === 0)) return null;
  return (
    <>
      <Funnel statuses={counts.statuses} />
      <TierMix counts={counts} days={days} />
      <Text c="dimmed" size="sm">
        Counted <Time at={counts.countedAt} />.
      </Text>
    </>
  );
}

function NoConnection() {
  const { path } = useOrg();
  const isAdmin = useMay('admin');
  return (
    <Empty
      title="No CRM is connected yet"
      action={
        isAdmin && (
          <Button component={Link} to={`${path}/connections`} mt="xs">
            Connect a CRM
          </Button>
        )
      }
    >
      <Group gap={4}>
        <Text span>
          Leadloop reads people and what they do from HubSpot or Salesforce, scores them, and writes the score back.
          {!isAdmin && ' An admin connects the first one.'}
        </Text>
        <Anchor component={Link} to={`${path}/connections`}>
          All connections
        </Anchor>
      </Group>
    </Empty>
  );
}

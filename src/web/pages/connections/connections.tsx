import { Anchor, Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link, useSearchParams } from 'react-router';
import type { Connection } from '../../../http/api/connections/schemas.ts';
import { useConnections } from '../../api/connections.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { type Column, DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { countedNumber } from '../../parts/words.ts';
import { useMay, useOrg } from '../../shell/org.tsx';
import { ConnectDialog } from './connect.tsx';
import { Calls, LastRun, StateBadge, stateOf } from './state.tsx';

export function ConnectionsPage() {
  const isAdmin = useMay('admin');
  const { path } = useOrg();
  const connections = useConnections();
  const [search, setSearch] = useSearchParams();
  const connect = isAdmin && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setSearch({ connect: 'yes' })}>
      Connect a CRM
    </Button>
  );
  return (
    <Page
      title="Connections"
      lead="The CRMs that leads are read from, and to which scores are written back."
      actions={connect}
    >
      {connections.isPending && <Loading what="the connections" />}
      {connections.error !== null && (
        <ProblemNote error={connections.error} onRetry={() => void connections.refetch()} />
      )}
      {connections.data?.length === 0 && (
        <Empty title="No CRM is connected yet" action={connect}>
          Leads come from HubSpot or Salesforce: connect one, and leadloop reads its people, scores them, and shows what
          it would write before it writes anything.
          {!isAdmin && ' An admin can do that.'}
        </Empty>
      )}
      {connections.data !== undefined && connections.data.length > 0 && (
        <DataTable
          caption="Connections"
          rows={connections.data}
          keyOf={({ name }) => name}
          columns={columnsBelow(path)}
        />
      )}
      {isAdmin && <ConnectDialog isOpen={search.has('connect')} onClose={() => setSearch({})} />}
    </Page>
  );
}

function columnsBelow(path: string): readonly Column<Connection>[] {
  return [
    {
      head: 'Connection',
      cell: ({ name, label }) => (
        <>
          <Anchor component={Link} to={`${path}/connections/${name}`} fw={600}>
            {name}
          </Anchor>
          <Text size="sm" c="dimmed">
            {label}
          </Text>
        </>
      ),
    },
    {
      head: 'State',
      cell: (connection) => (
        <>
          <StateBadge connection={connection} />
          {stateOf(connection).why !== null && (
            <Text size="sm" c="dimmed" maw={260} lineClamp={2}>
              {stateOf(connection).why}
            </Text>
          )}
        </>
      ),
    },
    { head: 'Last run', cell: (connection) => <LastRun connection={connection} /> },
    { head: 'Next run', cell: ({ nextRunAt }) => <Time at={nextRunAt} never="by hand" /> },
    { head: 'Calls today', cell: (connection) => <Calls connection={connection} /> },
    { head: 'Writes', cell: ({ pushMode }) => (pushMode === 'auto' ? 'by itself' : 'when asked') },
    { head: 'Waiting', isNumber: true, cell: ({ waiting, countedUpTo }) => countedNumber(waiting, countedUpTo) },
  ];
}

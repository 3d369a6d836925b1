import { Anchor, Badge, Group, Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { ConnectionDetail } from '../../../http/api/connections/schemas.ts';
import { useConnection } from '../../api/connections.ts';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useOrg } from '../../shell/org.tsx';
import { StateBadge } from './state.tsx';

interface Props {
  readonly tab: 'overview' | 'settings';
  readonly actions?: (detail: ConnectionDetail) => ReactNode;
  readonly children: (detail: ConnectionDetail) => ReactNode;
}

const tabs = [
  { value: 'overview', label: 'Overview', path: '' },
  { value: 'settings', label: 'Settings', path: '/settings' },
  { value: 'mapping', label: 'Mapping', path: '/mapping' },
] as const;

/** What is around the pages of one connection. */
export function ConnectionFrame({ tab, actions, children }: Props) {
  const { connection: name = '' } = useParams();
  const { path } = useOrg();
  const navigate = useNavigate();
  const base = `${path}/connections/${name}`;
  const detail = useConnection(name);
  return (
    <Page title={name} actions={detail.data !== undefined && actions?.(detail.data)}>
      <Group gap="xs">
        <Anchor component={Link} to={`${path}/connections`} underline="always" size="sm">
          All connections
        </Anchor>
        {detail.data !== undefined && (
          <>
            <Badge variant="outline" color="gray">
              {detail.data.connection.label}
            </Badge>
            <StateBadge connection={detail.data.connection} />
          </>
        )}
      </Group>
      <Tabs
        value={tab}
        activateTabWithKeyboard={false}
        keepMounted={false}
        onChange={(value) => void navigate(`${base}${tabs.find((one) => one.value === value)?.path ?? ''}`)}
      >
        <Tabs.List mb="lg" aria-label="About this connection">
          {tabs.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          {detail.isPending && <Loading what="the connection" />}
          {detail.error !== null && <ProblemNote error={detail.error} onRetry={() => void detail.refetch()} />}
          {detail.data !== undefined && children(detail.data)}
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

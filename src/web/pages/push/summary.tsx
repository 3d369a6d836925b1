import { Alert, Anchor, Code, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconHandStop, IconPlugX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { PushSummary } from '../../../http/api/push/schemas.ts';
import { usePushSummary } from '../../api/push.ts';
import { number } from '../../parts/words.ts';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useOrg } from '../../shell/org.tsx';

/** What the push comes to, what holds it, and what is left out. */
export function Summary({ connection }: { readonly connection: string }) {
  const summary = usePushSummary(connection);
  if (summary.isPending) return <Loading what="the sum" />;
  if (summary.error !== null) return <ProblemNote error={summary.error} onRetry={() => void summary.refetch()} />;
  return (
    <Stack gap="md">
      <Figures summary={summary.data} />
      <Holds summary={summary.data} />
      <LeftOut summary={summary.data} />
    </Stack>
  );
}

function Figures({ summary: { waiting, isCapped, calls, refused } }: { readonly summary: PushSummary }) {
  const { path } = useOrg();
  const least = isCapped ? 'at least ' : '';
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
      <Figure label="Records waiting" value={`${least}${number(waiting)}`} more="most urgent first" />
      <Figure label="Price" value={`${least}${number(calls)}`} more="API calls, each as full as the CRM allows" />
      <Figure
        label="Refused by the CRM"
        value={number(refused)}
        more={
          refused === 0 ? (
            'nothing to look at'
          ) : (
            <Anchor component={Link} to={`${path}/rejected`} size="xs">
              why, and retry
            </Anchor>
          )
        }
      />
    </SimpleGrid>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly more: ReactNode;
}

function Figure({ label, value, more }: FigureProps) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz="xl" fw={650} className="numbers">
        {value}
      </Text>
      <Text size="xs" c="dimmed" component="div">
        {more}
      </Text>
    </Paper>
  );
}

type HoldKind = PushSummary['holds'][number]['kind'];

/** In the words of this page; of the others the server says them. */
const words: Partial<Record<HoldKind, { readonly reason: string; readonly remedy: string }>> = {
  mode: {
    reason: 'The connection is in plan mode',
    remedy: 'A run works out what to write and writes nothing. Once somebody has looked, an admin lets it write:',
  },
  counting: {
    reason: 'How many records it would change is being counted',
    remedy: 'Where it is more than the blast radius, somebody has to let it through.',
  },
  schedule: {
    reason: 'The connection has no schedule',
    remedy: 'It is written to when somebody runs it, unless it has one:',
  },
};

/** Of the connection's settings: where a hold is ended. */
const sections: Partial<Record<HoldKind, string>> = {
  mode: 'Writing',
  'blast-radius': 'Writing',
  schedule: 'Schedule',
};

function Holds({ summary: { connection, holds } }: { readonly summary: PushSummary }) {
  const { path } = useOrg();
  return (
    <Alert
      color={holds.length === 0 ? 'teal' : 'yellow'}
      variant="light"
      icon={<IconHandStop aria-hidden />}
      title={titleOf(holds)}
    >
      <Stack gap="xs">
        {holds.length === 0 && <Text size="sm">Nothing holds it: it goes with the schedule of {connection}.</Text>}
        {holds.map(({ kind, reason, remedy, until }) => (
          <Text key={kind} size="sm" component="div">
            <Text span fw={600}>
              {words[kind]?.reason ?? reason}
            </Text>
            {until !== null && (
              <>
                , until <Time at={until} />
              </>
            )}
            . {words[kind]?.remedy ?? remedy}{' '}
            {sections[kind] !== undefined && (
              <Anchor
                component={Link}
                to={`${path}/connections/${connection}/settings`}
                underline="always"
                size="sm"
                c="inherit"
              >
                Settings › {sections[kind]}
              </Anchor>
            )}
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}

function titleOf(holds: PushSummary['holds']): string {
  if (holds.length === 0) return 'The next run writes it';
  return holds.every(({ kind }) => kind === 'counting') ? 'One moment' : 'Not written by itself now';
}

function LeftOut({ summary: { problems } }: { readonly summary: PushSummary }) {
  if (problems.length === 0) return null;
  return (
    <Alert color="red" variant="light" icon={<IconPlugX aria-hidden />} title="Fields that are left out">
      {problems.map(({ object, field, code, message, remedy }) => (
        <Text key={`${object} ${field} ${code}`} size="sm">
          {object} <Code>{field}</Code>: {message} {remedy}
        </Text>
      ))}
    </Alert>
  );
}

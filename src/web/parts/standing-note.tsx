import { Alert, Text } from '@mantine/core';
import { IconPlayerPause } from '@tabler/icons-react';
import type { Standing } from '../../http/api/runs/schemas.ts';
import { useStanding } from '../api/runs.ts';
import { Time } from './time.tsx';

type Connection = Standing['connections'][number];

/** Says what does not run, and why; nothing where everything does. `only`: the name of a connection. */
export function StandingNote({ only = null }: { readonly only?: string | null }) {
  const { data = [] } = useStanding();
  const held = data.filter(({ name, reason }) => reason !== null && (only === null || name === only));
  if (held.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" icon={<IconPlayerPause aria-hidden />} title="Not everything runs">
      {held.map((connection) => (
        <Text key={connection.name} size="sm">
          <Text span fw={600}>
            {connection.name}
          </Text>{' '}
          {whatIsHeld(connection)}: {connection.reason}
          <Since {...connection} />
        </Text>
      ))}
    </Alert>
  );
}

function whatIsHeld({ pulls, pushes }: Connection): string {
  if (!pulls && !pushes) return 'does not run';
  return pulls ? 'reads and does not write' : 'writes and does not read';
}

function Since({ until, pauses }: Connection) {
  if (until !== null)
    return (
      <>
        ; tried again <Time at={until} />
      </>
    );
  const [first] = pauses;
  if (first === undefined) return null;
  return (
    <>
      {' '}
      (since <Time at={first.since} />)
    </>
  );
}

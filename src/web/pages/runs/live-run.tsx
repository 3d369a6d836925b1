import { Anchor, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Run } from '../../../http/api/runs/schemas.ts';
import { count, duration, number } from '../../parts/words.ts';
import { useOrg } from '../../shell/org.tsx';
import { isSilent, kindOf, lengthOf, stepText, subjectOf } from './words.ts';

interface Props {
  readonly run: Run;
  readonly hasLink?: boolean;
}

/** A run that is under way: what it is at, and what it has come to. */
export function LiveRun({ run, hasLink = false }: Props) {
  const { path } = useOrg();
  const { counts, step } = run;
  const title = `${subjectOf(run)} · ${kindOf(run.kind)}`;
  const share = step === null || step.total === null || step.total === 0 ? null : (100 * step.done) / step.total;
  const text = stepText(step, number);
  const now = Date.now();
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          {hasLink ? (
            <Anchor component={Link} to={`${path}/runs/${run.id}`} fw={600}>
              {title}
            </Anchor>
          ) : (
            <Text fw={600}>Under way</Text>
          )}
          <Text size="sm" c="dimmed" className="numbers">
            {duration(lengthOf(run, now))}
          </Text>
        </Group>
        <Progress value={share ?? 100} animated={share === null} striped={share === null} aria-label={text} />
        <Text size="sm">
          {text} · {count(counts.pulled, 'record')} read, {number(counts.scored)} scored, {number(counts.pushed)}{' '}
          written, {count(counts.apiCalls, 'API call')}
        </Text>
        {isSilent(run, now) && (
          <Text size="sm" c="dimmed">
            Nothing has been heard of it for more than a minute: its process may have ended. The next run goes on from
            where it stood.
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

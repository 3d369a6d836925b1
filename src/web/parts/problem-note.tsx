import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Problem } from '../api/call.ts';

interface Props {
  readonly error: Error;
  /** What to do about it, where this place knows better than the server. */
  readonly remedy?: string;
  /** Asks again; left out = there is nothing to ask. */
  readonly onRetry?: () => void;
  /** What asking again does, where that is more than asking again. */
  readonly retryLabel?: string;
}

/** What is wrong, and what to do about it. */
export function ProblemNote({ error, remedy = remedyOf(error), onRetry, retryLabel = 'Try again' }: Props) {
  const faults = error instanceof Problem ? error.errors : [];
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={error.message} role="alert">
      <Text size="sm">{remedy}</Text>
      {faults.map(({ path, message }) => (
        <Text key={`${path} ${message}`} size="sm">
          {path.replace(/^\//u, '').replaceAll('/', ' › ')} {message}
        </Text>
      ))}
      {onRetry !== undefined && (
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={onRetry}>
            {retryLabel}
          </Button>
        </Group>
      )}
    </Alert>
  );
}

function remedyOf(error: Error): string {
  return error instanceof Problem ? error.remedy : 'Load the page again; if that does not help, report it.';
}

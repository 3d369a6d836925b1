import { Badge, Loader } from '@mantine/core';
import type { Run } from '../../../http/api/runs/schemas.ts';
import { statuses } from './words.ts';

export function RunStatus({ status }: Pick<Run, 'status'>) {
  const { label = status, color = 'gray' } = statuses.find(({ value }) => value === status) ?? {};
  const isRunning = status === 'running';
  return (
    <Badge color={color} leftSection={isRunning ? <Loader size={10} color="currentColor" aria-hidden /> : undefined}>
      {label}
    </Badge>
  );
}

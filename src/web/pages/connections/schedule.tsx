import { List, Paper, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useSchedulePreview } from '../../api/connections.ts';
import { Loading } from '../../parts/loading.tsx';

export interface Schedule {
  readonly schedule: string | null;
  readonly timezone: string;
}

interface Props {
  readonly value: Schedule;
  readonly error?: string | undefined;
  readonly onChange: (value: Schedule) => void;
}

const byHand = 'by hand';
const other = 'other';

const presets = [
  { value: '*/5 * * * *', label: 'Every 5 minutes' },
  { value: '*/15 * * * *', label: 'Every 15 minutes' },
  { value: '0 * * * *', label: 'Every hour' },
  { value: '0 */6 * * *', label: 'Every 6 hours' },
  { value: '0 2 * * *', label: 'Every night at 2' },
  { value: '0 6 * * 1-5', label: 'On working days at 6' },
  { value: byHand, label: 'Only by hand' },
  { value: other, label: 'Another schedule (cron)' },
];

const zones = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];
const debounceMs = 300;

/** When to run: a usual schedule, or five cron fields; and what that means. */
export function ScheduleEditor({ value, error, onChange }: Props) {
  const { schedule, timezone } = value;
  const [asked] = useDebouncedValue(schedule, debounceMs);
  const preview = useSchedulePreview(asked, timezone);
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Stack gap="sm">
        <HowOften
          schedule={schedule}
          error={error ?? preview.error?.message}
          onChange={(next) => onChange({ timezone, schedule: next })}
        />
        <Select
          label="Time zone"
          description="Of the schedule, and of the day that calls are counted by"
          data={zones.includes(timezone) ? zones : [timezone, ...zones]}
          value={timezone}
          searchable
          allowDeselect={false}
          onChange={(zone) => zone !== null && onChange({ schedule, timezone: zone })}
        />
      </Stack>
      {(schedule === null || !preview.isError) && (
        <NextRuns schedule={schedule} runs={preview.data ?? null} timezone={timezone} />
      )}
    </SimpleGrid>
  );
}

interface OftenProps {
  readonly schedule: string | null;
  readonly error: string | undefined;
  readonly onChange: (schedule: string | null) => void;
}

function HowOften({ schedule, error, onChange }: OftenProps) {
  const [isOther, setOther] = useState(schedule !== null && presets.every(({ value }) => value !== schedule));
  const choose = (chosen: string | null): void => {
    setOther(chosen === other);
    if (chosen === other) onChange(schedule ?? '0 * * * *');
    else onChange(chosen === byHand ? null : chosen);
  };
  return (
    <>
      <Select
        label="How often"
        data={presets}
        value={isOther ? other : (schedule ?? byHand)}
        allowDeselect={false}
        onChange={choose}
      />
      {isOther && (
        <TextInput
          label="Cron fields"
          description="Minute, hour, day of month, month, day of week"
          value={schedule ?? ''}
          error={error}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </>
  );
}

interface RunsProps extends Schedule {
  /** Null = they are being worked out. */
  readonly runs: readonly string[] | null;
}

/** The next runs, as the clock shows them where the schedule counts. */
export function NextRuns({ schedule, runs, timezone }: RunsProps) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" fw={600} mb="xs">
        Next runs
      </Text>
      <Instants schedule={schedule} runs={runs} timezone={timezone} />
      <Text size="xs" c="dimmed" mt="xs">
        {timezone}
      </Text>
    </Paper>
  );
}

function Instants({ schedule, runs, timezone }: RunsProps) {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: timezone });
  if (schedule !== null && runs === null) return <Loading what="the next runs" />;
  if (schedule === null || runs === null || runs.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {schedule === null ? 'None: it runs when somebody says so.' : 'None: the schedule names no time to come.'}
      </Text>
    );
  return (
    <List type="ordered" size="sm" spacing={4} aria-label="Next runs">
      {runs.map((at) => (
        <List.Item key={at}>
          <time dateTime={at}>{format.format(new Date(at))}</time>
        </List.Item>
      ))}
    </List>
  );
}

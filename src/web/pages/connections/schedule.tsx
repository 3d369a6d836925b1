import { List, Paper, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useSchedulePreview } from '../../api/connections.ts';

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
export function ScheduleEditor({ value: { schedule, timezone }, error, onChange }: Props) {
  const isUsual = schedule === null || presets.some(({ value }) => value === schedule);
  const [isOther, setOther] = useState(!isUsual);
  const [asked] = useDebouncedValue(schedule, debounceMs);
  const preview = useSchedulePreview(asked, timezone);
  const choose = (chosen: string | null): void => {
    setOther(chosen === other);
    if (chosen !== other) onChange({ timezone, schedule: chosen === byHand ? null : chosen });
    else onChange({ timezone, schedule: schedule ?? '0 * * * *' });
  };
  const fault = schedule === null ? undefined : (error ?? preview.error?.message);
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Stack gap="sm">
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
            error={fault}
            onChange={(event) => onChange({ timezone, schedule: event.currentTarget.value })}
          />
        )}
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
      <NextRuns runs={schedule === null || preview.isError ? [] : (preview.data ?? [])} timezone={timezone} />
    </SimpleGrid>
  );
}

/** The next runs, as the clock shows them where the schedule counts. */
export function NextRuns({ runs, timezone }: { readonly runs: readonly string[]; readonly timezone: string }) {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: timezone });
  return (
    <Paper withBorder p="md">
      <Text size="sm" fw={600} mb="xs">
        Next runs
      </Text>
      {runs.length === 0 ? (
        <Text size="sm" c="dimmed">
          None: it runs when somebody says so.
        </Text>
      ) : (
        <List type="ordered" size="sm" spacing={4} aria-label="Next runs">
          {runs.map((at) => (
            <List.Item key={at}>
              <time dateTime={at}>{format.format(new Date(at))}</time>
            </List.Item>
          ))}
        </List>
      )}
      <Text size="xs" c="dimmed" mt="xs">
        {timezone}
      </Text>
    </Paper>
  );
}

import { Alert, Anchor, Badge, Code, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { LeadAnswer, LeadField, LeadRecord } from '../../../http/api/leads/schemas.ts';
import { Empty } from '../../parts/empty.tsx';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { shown, titled } from '../../parts/words.ts';
import { useOrg } from '../../shell/org.tsx';

/** What is known of the person, who says so, and which records are theirs. */
export function Values({ answer }: { readonly answer: LeadAnswer }) {
  const { fields, records, lead } = answer;
  return (
    <Stack gap="xl">
      <section aria-label="Values">
        <Title order={2}>Values</Title>
        {fields.length === 0 ? (
          <Empty title="Nothing is known">Their data was erased, or no record says anything of them.</Empty>
        ) : (
          <DataTable
            caption="Values and where they are from"
            rows={fields}
            keyOf={({ field }) => field}
            columns={[
              { head: 'Field', cell: ({ field }) => titled(field) },
              {
                head: 'Value',
                cell: ({ value }) => (
                  <Text size="sm" fw={600} className="anywhere">
                    {shown(value)}
                  </Text>
                ),
              },
              { head: 'From', cell: (field) => <Source field={field} /> },
              { head: 'Others say', cell: (field) => <Others field={field} /> },
            ]}
          />
        )}
      </section>
      <section aria-label="Records">
        <Title order={2}>Records of this person</Title>
        {records.length === 0 ? (
          <Empty title="No CRM has a record of them">They signed up, or were brought in by an import.</Empty>
        ) : (
          <DataTable
            caption="Records and when they changed"
            rows={records}
            keyOf={({ connection, object, externalId }) => `${connection} ${object} ${externalId}`}
            columns={[
              { head: 'Connection', cell: ({ connection }) => connection },
              {
                head: 'Record',
                cell: ({ object, externalId, kind }) => (
                  <Group gap={6}>
                    <span>{object}</span>
                    <Code>{externalId}</Code>
                    {kind === 'company' && <Badge color="gray">their company</Badge>}
                  </Group>
                ),
              },
              { head: 'First seen', cell: ({ firstSeenAt }) => <Time at={firstSeenAt} /> },
              { head: 'Changed there', cell: ({ modifiedAt }) => <Time at={modifiedAt} /> },
              { head: 'Joined', cell: (record) => <Joined record={record} /> },
            ]}
          />
        )}
        {records.flatMap(({ connection, object, externalId, faults }) =>
          faults.map(({ stage, field, message }) => (
            <Alert
              key={`${connection} ${externalId} ${stage} ${field}`}
              color="yellow"
              variant="light"
              mt="sm"
              title={`${connection} ${object} ${externalId}${field === '' ? '' : `: ${field}`}`}
            >
              {message}
            </Alert>
          )),
        )}
      </section>
      {lead.absorbed.length > 0 && <Absorbed ids={lead.absorbed} />}
    </Stack>
  );
}

const otherSources = {
  events: 'counted from what they did',
  signup: 'their signup',
  kept: 'kept from before: no record says it now',
} as const;

function Source({ field: { source, said } }: { readonly field: LeadField }) {
  if (said === null)
    return (
      <Text size="sm" c="dimmed">
        {otherSources[source === 'record' ? 'kept' : source]}
      </Text>
    );
  const { connection, object, externalId, from } = said;
  return (
    <Stack gap={2}>
      <Text size="sm">
        {connection} · {object} {externalId}
      </Text>
      {from.map(({ name, raw }) => (
        <Text key={name} size="sm" c="dimmed" className="anywhere">
          {name}: {shown(raw)}
        </Text>
      ))}
    </Stack>
  );
}

function Others({ field: { others } }: { readonly field: LeadField }) {
  if (others.length === 0) return <>–</>;
  return others.map(({ connection, object, externalId, value }) => (
    <Text key={`${connection} ${object} ${externalId}`} size="sm" className="anywhere">
      {shown(value)}{' '}
      <Text span c="dimmed">
        ({connection} {object} {externalId})
      </Text>
    </Text>
  ));
}

function Joined({ record: { goneAt, goneReason, successorId, aliases } }: { readonly record: LeadRecord }) {
  const parts = [
    successorId === null ? '' : `became ${successorId}`,
    aliases.length === 0 ? '' : `took in ${aliases.join(', ')}`,
  ].filter((part) => part !== '');
  return (
    <Group gap={6}>
      {parts.length > 0 && <span>{parts.join('; ')}</span>}
      {goneAt !== null && (
        <Badge color="red">
          {goneReason ?? 'gone'} <Time at={goneAt} />
        </Badge>
      )}
      {parts.length === 0 && goneAt === null && '–'}
    </Group>
  );
}

function Absorbed({ ids }: { readonly ids: readonly string[] }) {
  const { path } = useOrg();
  return (
    <section aria-label="Merged leads">
      <Title order={2}>Found to be the same person</Title>
      {ids.map((id) => (
        <Text key={id} size="sm">
          <Anchor component={Link} to={`${path}/leads/${id}`}>
            <Code>{id}</Code>
          </Anchor>{' '}
          was merged into this one; its history stays there.
        </Text>
      ))}
    </section>
  );
}

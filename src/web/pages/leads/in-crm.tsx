import { Alert, Badge, Code, Group, Stack, Text, Title } from '@mantine/core';
import type { CrmRecord, LeadAnswer } from '../../../http/api/leads/schemas.ts';
import { useLeadInCrm } from '../../api/leads.ts';
import { Empty } from '../../parts/empty.tsx';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { shown, titled } from '../../parts/words.ts';

const states = {
  settled: ['as it shall be', 'green'],
  pending: ['waits to be written', 'yellow'],
  claimed: ['being written', 'blue'],
  dead: ['refused', 'red'],
} as const;

/** What each CRM has now, beside what it shall have. */
export function InCrm({ answer }: { readonly answer: LeadAnswer }) {
  const { crm, lead } = answer;
  const there = useLeadInCrm(lead.id);
  if (crm.length === 0)
    return (
      <Empty title="Nothing is written for this person">
        No CRM has a record of them that the mapping writes to; “Why not” above names the reason.
      </Empty>
    );
  const readAt = there.data?.readAt ?? null;
  const problem = there.error?.message ?? there.data?.problem ?? null;
  return (
    <Stack gap="xl">
      <Text c="dimmed" size="sm" role="status">
        {there.isPending && 'Asking the CRM…'}
        {readAt !== null && (
          <>
            As the CRM answered <Time at={readAt} />.
          </>
        )}
      </Text>
      {problem !== null && (
        <Alert color="yellow" variant="light" title="The CRM did not answer">
          {problem} Below is what it had when we last read it or wrote to it.
        </Alert>
      )}
      {crm.map((record) => {
        const now = there.data?.records.find(
          (one) =>
            one.connection === record.connection &&
            one.object === record.object &&
            one.externalId === record.externalId,
        );
        return (
          <InRecord
            key={`${record.connection} ${record.object} ${record.externalId}`}
            record={record}
            fields={now?.fields ?? record.fields}
            isGone={there.data?.problem === null && now === undefined}
          />
        );
      })}
    </Stack>
  );
}

interface Props {
  readonly record: CrmRecord;
  readonly fields: CrmRecord['fields'];
  /** The CRM has answered without it. */
  readonly isGone: boolean;
}

function InRecord({ record, fields, isGone }: Props) {
  const { connection, object, externalId, state, lastError, pushedAt } = record;
  const [label, color] = states[state];
  const isOtherwise = state === 'settled' && fields.some(({ agrees }) => !agrees);
  return (
    <section aria-label={`${connection} ${object} ${externalId}`}>
      <Group gap="sm" align="baseline">
        <Title order={2}>{connection}</Title>
        <Text size="sm">
          {object} <Code>{externalId}</Code>
        </Text>
        {isGone ? (
          <Badge color="gray">gone from the CRM</Badge>
        ) : (
          <Badge color={isOtherwise ? 'yellow' : color}>{isOtherwise ? 'left as it is' : label}</Badge>
        )}
        <Text c="dimmed" size="sm">
          written <Time at={pushedAt} />
        </Text>
      </Group>
      {isGone && (
        <Text size="sm" c="dimmed">
          The CRM does not have this record any more: below is what it had. The next full pass takes it off this person.
        </Text>
      )}
      {lastError !== null && (
        <Text size="sm" c="red" className="anywhere">
          {lastError}
        </Text>
      )}
      <DataTable
        caption={`Fields of ${connection} ${object} ${externalId}`}
        rows={fields}
        keyOf={({ name }) => name}
        columns={[
          { head: 'Field', cell: ({ name }) => <Code>{name}</Code> },
          { head: 'Ours', cell: ({ of }) => (of === null ? '–' : titled(of)) },
          { head: 'The CRM has', cell: ({ has }) => <span className="anywhere">{shown(has)}</span> },
          { head: 'It shall have', cell: ({ wanted }) => <span className="anywhere">{shown(wanted)}</span> },
          {
            head: 'Same',
            cell: ({ agrees }) => <Badge color={agrees ? 'green' : 'yellow'}>{agrees ? 'same' : 'differs'}</Badge>,
          },
        ]}
      />
    </section>
  );
}

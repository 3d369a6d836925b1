import { Anchor, Badge, Code, Group, Table, Text } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { PlannedWrite } from '../../../http/api/push/schemas.ts';
import { TierBadge } from '../../parts/badges.tsx';
import { Time } from '../../parts/time.tsx';
import { useOrg } from '../../shell/org.tsx';
import { heldWhy, shown } from './words.ts';

/** Record by record: each field as it is in the CRM and as it would be. */
export function Writes({ records }: { readonly records: readonly PlannedWrite[] }) {
  return (
    <Table.ScrollContainer
      minWidth={640}
      type="native"
      tabIndex={0}
      role="region"
      aria-label="Records and their fields"
    >
      <Table verticalSpacing={4} withTableBorder layout="fixed" fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" w="28%">
              Field
            </Table.Th>
            <Table.Th scope="col" w="22%">
              In the CRM
            </Table.Th>
            <Table.Th scope="col" w="22%">
              Would be
            </Table.Th>
            <Table.Th scope="col">Why</Table.Th>
          </Table.Tr>
        </Table.Thead>
        {records.map((record) => (
          <Record key={`${record.object} ${record.externalId}`} record={record} />
        ))}
      </Table>
    </Table.ScrollContainer>
  );
}

function Record({ record }: { readonly record: PlannedWrite }) {
  const { changes, held, externalId, object } = record;
  return (
    <Table.Tbody>
      <Table.Tr className="group-head">
        <Table.Th scope="rowgroup" colSpan={4}>
          <Head record={record} />
        </Table.Th>
      </Table.Tr>
      {changes.map(({ field, before, after, why }, place) => (
        <Table.Tr key={`${object} ${externalId} ${field}`}>
          <Table.Td>
            <Code>{field}</Code>
          </Table.Td>
          <Table.Td c="dimmed">
            <Value text={shown(before)} />
          </Table.Td>
          <Table.Td fw={600}>
            <Group gap={6} wrap="nowrap" align="flex-start">
              <IconArrowRight size={14} aria-hidden style={{ flexShrink: 0, marginBlockStart: 3 }} />
              <Value text={shown(after)} />
            </Group>
          </Table.Td>
          <Table.Td>
            {/* One score explains all of its fields. */}
            {why !== changes[place - 1]?.why && <Text size="sm">{why}</Text>}
          </Table.Td>
        </Table.Tr>
      ))}
      {held.map(({ field, before, after, why }) => (
        <Table.Tr key={`held ${object} ${externalId} ${field}`}>
          <Table.Td>
            <Code>{field}</Code>
          </Table.Td>
          <Table.Td>
            <Value text={shown(before)} />
          </Table.Td>
          <Table.Td c="dimmed">
            <Text size="sm">stays (wanted: {shown(after)})</Text>
          </Table.Td>
          <Table.Td>
            <Text size="sm">{heldWhy(why)}</Text>
          </Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  );
}

function Head({ record }: { readonly record: PlannedWrite }) {
  const { path } = useOrg();
  const { object, externalId, leadId, name, tier, owner, notBefore, lastError, changes } = record;
  const shownName = name ?? 'without a name';
  return (
    <Group gap="xs">
      {leadId === null ? (
        <Text span fw={600} size="sm">
          {shownName}
        </Text>
      ) : (
        <Anchor component={Link} to={`${path}/leads/${leadId}`} fw={600} size="sm">
          {shownName}
        </Anchor>
      )}
      <Text span size="xs" c="dimmed" fw={400}>
        {object} {externalId}
        {owner === null ? '' : ` · ${owner}`}
      </Text>
      {tier !== null && <TierBadge tier={tier} />}
      {changes.length === 0 && <Badge color="gray">nothing would be written</Badge>}
      {notBefore !== null && (
        <Text span size="xs" fw={400}>
          deferred by the CRM{lastError === null ? '' : ` (${lastError})`}, again <Time at={notBefore} />
        </Text>
      )}
    </Group>
  );
}

/** What a CRM holds may be long, and has no place to break. */
function Value({ text }: { readonly text: string }) {
  return (
    <Text span size="sm" style={{ overflowWrap: 'anywhere' }} lineClamp={4}>
      {text}
    </Text>
  );
}

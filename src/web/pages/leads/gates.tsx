import { Anchor, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCircleCheck, IconCloudDownload, IconCloudUpload, IconLink, IconTrophy } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { LeadGate } from '../../../http/api/leads/schemas.ts';
import { useOrg } from '../../shell/org.tsx';

const gates = {
  read: ['Not read', IconCloudDownload],
  matched: ['Not matched', IconLink],
  qualified: ['Not qualified', IconTrophy],
  written: ['Not written', IconCloudUpload],
} as const;

type Place = readonly [path: string, label: string];

/** Where it is changed; the CRM itself is no page of ours. */
const settings: Readonly<Record<LeadGate['setting'], Place | null>> = {
  connections: ['connections', 'Connections'],
  settings: ['connections', 'Connections'],
  mapping: ['connections', 'Field mapping'],
  scoring: ['scoring', 'Scoring'],
  runs: ['runs', 'Runs'],
  crm: null,
};

/** The page of the connection that it is about. */
const ofConnection: Partial<Record<LeadGate['setting'], Place>> = {
  connections: ['', 'The connection'],
  settings: ['/settings', 'Its settings'],
  mapping: ['/mapping', 'Field mapping'],
};

function placeOf({ setting, connection }: LeadGate): Place | null {
  const own = connection === null ? undefined : ofConnection[setting];
  return own === undefined ? settings[setting] : [`connections/${connection}${own[0]}`, own[1]];
}

/** The first gate that said no, and what changes it; of each connection one. */
export function WhyNot({ gates: found }: { readonly gates: readonly LeadGate[] }) {
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="why-not">
      <Stack gap="sm">
        <Title order={2} id="why-not">
          {found.length === 0 ? 'Everything is through' : 'Why not'}
        </Title>
        {found.length === 0 && (
          <Group gap="xs" wrap="nowrap">
            <IconCircleCheck size={20} color="var(--mantine-color-green-7)" aria-hidden />
            <Text size="sm">Read, matched, qualified, and every CRM has what it shall have.</Text>
          </Group>
        )}
        {found.map((gate) => (
          <Reason key={`${gate.code} ${gate.connection ?? ''} ${gate.externalId ?? ''}`} gate={gate} />
        ))}
      </Stack>
    </Paper>
  );
}

function Reason({ gate }: { readonly gate: LeadGate }) {
  const { path } = useOrg();
  const [label, Icon] = gates[gate.gate];
  const place = placeOf(gate);
  const where = [gate.connection, gate.object, gate.externalId].filter((part) => part !== null).join(' · ');
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon variant="light" color={gate.gate === 'qualified' ? 'violet' : 'orange'} aria-hidden>
        <Icon size={16} />
      </ThemeIcon>
      <div>
        <Text fw={600} size="sm">
          {label}
          {where !== '' && (
            <Text span c="dimmed" fw={400} className="anywhere">
              {' '}
              · {where}
            </Text>
          )}
        </Text>
        <Text size="sm" className="anywhere">
          {gate.reason}
        </Text>
        <Text size="sm" c="dimmed">
          {gate.remedy}{' '}
          {place !== null && (
            <Anchor component={Link} to={`${path}/${place[0]}`} underline="always">
              {place[1]}
            </Anchor>
          )}
        </Text>
      </div>
    </Group>
  );
}

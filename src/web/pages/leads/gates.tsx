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

/** Where it is changed; the CRM itself is no page of ours. */
const settings: Readonly<Record<LeadGate['setting'], readonly [path: string, label: string] | null>> = {
  connections: ['connections', 'Connections'],
  mapping: ['connections', 'Field mapping'],
  scoring: ['scoring', 'Scoring'],
  push: ['push', 'Push'],
  runs: ['runs', 'Runs'],
  crm: null,
};

function placeOf({ setting, connection }: LeadGate): readonly [path: string, label: string] | null {
  const place = settings[setting];
  if (place === null || setting !== 'mapping' || connection === null) return place;
  return [`connections/${connection}/mapping`, place[1]];
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

import { Anchor, Badge, Group, Paper, Select, Stack, Table, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type {
  FactValue,
  FoundLead,
  ProfileDefinition,
  Receipt,
  TwoReceipts,
} from '../../../http/api/profiles/schemas.ts';
import { useFoundLeads, useReceipts } from '../../api/profiles.ts';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useOrg } from '../../shell/org.tsx';
import { useEditor } from './editor-context.tsx';

interface Props {
  readonly profile: ProfileDefinition;
  readonly stamp: string | null;
}

/** One lead, point by point: as it is scored now, and as the draft would. */
export function ReceiptPanel({ profile, stamp }: Props) {
  const { kind } = useEditor();
  const [search, setSearch] = useSearchParams();
  const [words, setWords] = useState('');
  const [settled] = useDebouncedValue(words, 250);
  const leadId = search.get('lead');
  const receipts = useReceipts(kind, { profile, stamp, leadId });
  // What is chosen stands in the field: it is not looked for again.
  const chosen = receipts.data?.lead;
  const found = useFoundLeads(kind, chosen !== undefined && settled === nameOf(chosen) ? '' : settled);
  const leads = [...(found.data ?? []), ...(chosen === undefined ? [] : [chosen])];
  const options = [...new Map(leads.map((lead) => [lead.id, { value: lead.id, label: nameOf(lead) }])).values()];
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="receipt-title">
      <Stack gap="sm">
        <Title order={2} id="receipt-title">
          Try it on one lead
        </Title>
        <Select
          label="Lead"
          description="By name, company, address or CRM id"
          placeholder="Choose one"
          data={options}
          value={leadId}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'Choose no lead' }}
          onSearchChange={setWords}
          filter={({ options: all }) => all}
          nothingFoundMessage={found.isFetching ? 'Looking…' : 'Nobody found. Try the whole e-mail address.'}
          onChange={(id) =>
            setSearch(
              (now) => {
                if (id === null) now.delete('lead');
                else now.set('lead', id);
                return now;
              },
              { replace: true },
            )
          }
        />
        {receipts.error !== null && <ProblemNote error={receipts.error} />}
        {leadId !== null && receipts.isLoading && <Loading what="the receipts" />}
        {leadId !== null && receipts.data !== undefined && <Both receipts={receipts.data} />}
      </Stack>
    </Paper>
  );
}

function nameOf({ name, email, companyName }: FoundLead): string {
  return [name ?? email ?? 'No name', companyName].filter((part) => part !== null).join(' · ');
}

function Both({ receipts: { lead, live, draft } }: { readonly receipts: TwoReceipts }) {
  const { path } = useOrg();
  if (live === null || draft === null) {
    return <Text size="sm">This lead has not signed up: the product score says nothing of it.</Text>;
  }
  return (
    <>
      <Group gap="xs">
        <Anchor component={Link} to={`${path}/leads/${lead.id}`} size="sm">
          Open the lead
        </Anchor>
        <Total name="Live" receipt={live} />
        <Total name="Draft" receipt={draft} />
      </Group>
      <Lines live={live} draft={draft} />
      {draft.action !== null && <Text size="sm">Suggested: {draft.action}</Text>}
    </>
  );
}

function Total({ name, receipt: { total, tier, mqlBy } }: { readonly name: string; readonly receipt: Receipt }) {
  return (
    <Badge size="lg" color={name === 'Draft' ? 'indigo' : 'gray'}>
      {name} {total} · {tier}
      {mqlBy.length > 0 && ` · MQL by ${mqlBy.join(', ')}`}
    </Badge>
  );
}

interface Row {
  readonly id: string;
  readonly label: string;
  readonly component: string;
  readonly input: FactValue;
  readonly live: number | null;
  readonly draft: number | null;
}

/** Rule by rule, in the order of the draft; what it does not have any more last. */
function rowsOf(live: Receipt, draft: Receipt): readonly Row[] {
  const ids = [...new Set([...draft.lines, ...live.lines].map(({ ruleId }) => ruleId))];
  return ids.flatMap((id) => {
    const [before, after] = [live, draft].map(({ lines }) => lines.find(({ ruleId }) => ruleId === id));
    const line = after ?? before;
    if (line === undefined) return [];
    const { label, component, input } = line;
    return [{ id, label, component, input, live: before?.counted ?? null, draft: after?.counted ?? null }];
  });
}

function Lines({ live, draft }: { readonly live: Receipt; readonly draft: Receipt }) {
  return (
    <Table.ScrollContainer minWidth={380} type="native" tabIndex={0} role="region" aria-label="Receipt, rule by rule">
      <Table verticalSpacing={4} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Rule</Table.Th>
            <Table.Th scope="col">What is known</Table.Th>
            <Table.Th scope="col" ta="right">
              Live
            </Table.Th>
            <Table.Th scope="col" ta="right">
              Draft
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rowsOf(live, draft).map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td>
                {row.label}{' '}
                <Text span size="xs" c="dimmed">
                  {row.component}
                </Text>
              </Table.Td>
              <Table.Td>{inputText(row.input)}</Table.Td>
              <Table.Td ta="right" className="numbers">
                {row.live ?? '–'}
              </Table.Td>
              <Table.Td ta="right" className="numbers" fw={row.live === row.draft ? 400 : 700}>
                {row.draft ?? '–'}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function inputText(input: FactValue): string {
  if (input === null) return 'not known';
  if (typeof input === 'boolean') return input ? 'yes' : 'no';
  return typeof input === 'object' ? input.join(', ') : String(input);
}

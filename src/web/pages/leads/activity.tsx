import { Badge, Code, Stack, Text, Timeline, Title } from '@mantine/core';
import type { LeadAnswer, LeadTransition, LedgerLine } from '../../../http/api/leads/schemas.ts';
import { statusLabel } from '../../parts/badges.tsx';
import { Empty } from '../../parts/empty.tsx';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { shown, titled } from '../../parts/words.ts';

/** How somebody moved on, why, and what they did. */
export function Activity({ answer: { transitions, events } }: { readonly answer: LeadAnswer }) {
  return (
    <Stack gap="xl">
      <section aria-label="Lifecycle">
        <Title order={2} mb="sm">
          Lifecycle
        </Title>
        {transitions.length === 0 ? (
          <Text c="dimmed" size="sm">
            New, and has not moved yet.
          </Text>
        ) : (
          <Timeline active={transitions.length} bulletSize={16} lineWidth={2}>
            {transitions.map((move) => (
              <Timeline.Item
                key={`${move.at} ${move.to}`}
                title={`${statusLabel(move.from)} → ${statusLabel(move.to)}`}
              >
                <Text size="sm">{because(move)}</Text>
                <Text size="sm" c="dimmed">
                  <Time at={move.at} />
                </Text>
              </Timeline.Item>
            ))}
          </Timeline>
        )}
      </section>
      <section aria-label="Engagement">
        <Title order={2}>Engagement</Title>
        {events.length === 0 ? (
          <Empty title="Nothing with a date is known">
            Opens, clicks, visits, forms and meetings appear here once a CRM tells of them one by one.
          </Empty>
        ) : (
          <DataTable
            caption="Engagement, the latest first"
            rows={events.map((event, place) => ({ ...event, place }))}
            keyOf={({ place }) => String(place)}
            columns={[
              { head: 'When', cell: ({ occurredAt }) => <Time at={occurredAt} /> },
              { head: 'What', cell: ({ type }) => titled(type) },
              { head: 'Times', isNumber: true, cell: ({ quantity }) => quantity },
              { head: 'Detail', cell: ({ detail }) => <span className="anywhere">{detail ?? '–'}</span> },
            ]}
          />
        )}
      </section>
    </Stack>
  );
}

function because({ cause }: LeadTransition): string {
  switch (cause.type) {
    case 'trigger':
      return `Trigger: ${cause.triggerIds.join(', ').replaceAll(/[_-]/gu, ' ')}`;
    case 'engagement':
      return 'First engagement';
    case 'crm':
      return `Sales set it in the CRM: ${cause.value}`;
    case 'operator':
      return `${cause.actor}: ${cause.note}`;
  }
}

const outcomes = {
  applied: ['written', 'green'],
  kept: ['the CRM kept its own', 'yellow'],
  deferred: ['put off', 'yellow'],
  rejected: ['refused', 'red'],
  gone: ['record gone', 'red'],
} as const;

/** Everything that was ever written to a CRM, and what it answered. */
export function Writes({ answer: { ledger } }: { readonly answer: LeadAnswer }) {
  if (ledger.length === 0)
    return (
      <Empty title="Nothing was ever written for this person">
        Each field that goes to a CRM is noted here, with what was there before and what the CRM answered.
      </Empty>
    );
  return (
    <DataTable
      caption="Writes, the latest first"
      rows={ledger}
      keyOf={({ id }) => String(id)}
      columns={[
        { head: 'When', cell: ({ sentAt }) => <Time at={sentAt} /> },
        { head: 'CRM', cell: ({ connection }) => connection },
        { head: 'Field', cell: ({ field }) => <Code>{field}</Code> },
        { head: 'Before', cell: ({ before }) => <span className="anywhere">{shown(before)}</span> },
        { head: 'After', cell: ({ after }) => <span className="anywhere">{shown(after)}</span> },
        { head: 'Outcome', cell: (line) => <Outcome line={line} /> },
        {
          head: 'Why',
          cell: ({ why }) => (
            <Text size="sm" c="dimmed">
              {why}
            </Text>
          ),
        },
      ]}
    />
  );
}

function Outcome({ line: { outcome, outcomeReason } }: { readonly line: LedgerLine }) {
  if (outcome === null) return <Badge color="gray">no answer yet</Badge>;
  const [label, color] = outcomes[outcome];
  return (
    <>
      <Badge color={color}>{label}</Badge>
      {outcomeReason !== null && (
        <Text size="sm" c="dimmed" className="anywhere">
          {outcomeReason}
        </Text>
      )}
    </>
  );
}

import { Badge, Group, Paper, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { LeadAnswer, Receipt } from '../../../http/api/leads/schemas.ts';
import { TierBadge } from '../../parts/badges.tsx';
import { Time } from '../../parts/time.tsx';
import { number } from '../../parts/words.ts';

/** Both scores and the qualification, at a glance. */
export function ScoreCards({ answer }: { readonly answer: LeadAnswer }) {
  const { receipts, signups, lead, triggers } = answer;
  const mql = receipts.find(({ profile }) => profile.kind === 'mql');
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      <ScoreCard title="Marketing score" receipt={mql} none="Not scored yet: the next run does." />
      <ScoreCard
        title="Product score"
        receipt={signups[0]?.breakdown}
        none="Has not signed up for the product, or nobody has told us."
      />
      <Paper withBorder p="md" component="section" aria-labelledby="qualification">
        <Stack gap="xs">
          <Title order={2} id="qualification">
            Qualification
          </Title>
          {lead.mqlAt !== null && (
            <Text size="sm">
              MQL since <Time at={lead.mqlAt} />
              {lead.status === 'recycled' ? '; recycled since then' : ''}
            </Text>
          )}
          {triggers.held.length > 0 && (
            <Group gap={6}>
              {triggers.held.map((label) => (
                <Badge key={label} color="green">
                  {label}
                </Badge>
              ))}
            </Group>
          )}
          {triggers.missing.slice(0, 4).map(({ id, label, reached, needs }) => (
            <div key={id}>
              <Group justify="space-between" gap="xs">
                <Text size="sm">{label}</Text>
                <Text size="sm" c="dimmed" className="numbers">
                  {needed(needs)}
                </Text>
              </Group>
              <Progress
                value={Math.round(reached * 100)}
                size="sm"
                color="violet"
                aria-label={`${label}: ${Math.round(reached * 100)} percent of the way`}
              />
            </div>
          ))}
        </Stack>
      </Paper>
    </SimpleGrid>
  );
}

interface CardProps {
  readonly title: string;
  readonly receipt: Receipt | undefined;
  /** What is said where there is no score. */
  readonly none: string;
}

function ScoreCard({ title, receipt, none }: CardProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack gap="xs">
        <Title order={2}>{title}</Title>
        {receipt === undefined ? (
          <Text c="dimmed" size="sm">
            {none}
          </Text>
        ) : (
          <>
            <Group gap="sm" align="baseline">
              <Text fz={36} lh={1} fw={700} className="numbers">
                {receipt.total}
              </Text>
              <TierBadge tier={receipt.tier} />
              <Text c="dimmed" size="sm">
                {receipt.confidence} % of the weight is known
              </Text>
            </Group>
            <Text size="sm">{receipt.reason}</Text>
            {receipt.action !== null && (
              <Text size="sm" fw={600}>
                {receipt.action}
              </Text>
            )}
            {receipt.components.map(({ name, counted, max }) => (
              <div key={name}>
                <Group justify="space-between" gap="xs">
                  <Text size="xs">{name}</Text>
                  <Text size="xs" c="dimmed" className="numbers">
                    {number(counted)} of {number(max)}
                  </Text>
                </Group>
                <Progress
                  value={max === 0 ? 0 : (100 * counted) / max}
                  size="sm"
                  aria-label={`${name}: ${number(counted)} of ${number(max)} points`}
                />
              </div>
            ))}
          </>
        )}
      </Stack>
    </Paper>
  );
}

/** `email_opens is 3 of 5` → `3 of 5`: the label before it says of what. */
function needed(needs: string): string {
  const rest = needs.replace(/^\S+ is /u, '');
  return rest === 'false, not true' ? 'not yet' : rest;
}

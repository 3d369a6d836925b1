import { Anchor, Badge, Group, Paper, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { SignupCard } from '../../../http/api/signups/schemas.ts';
import { TierBadge } from '../../parts/badges.tsx';
import { Time } from '../../parts/time.tsx';
import { count, short, titled } from '../../parts/words.ts';
import { useOrg } from '../../shell/org.tsx';

/** One signup, as the dashboard has it. */
export function Card({ signup }: { readonly signup: SignupCard }) {
  const { path } = useOrg();
  const { leadId, champion, email, companyName, companyDomain, score, tier, action, features, lastActiveAt } = signup;
  const who = champion ?? email;
  return (
    <Paper withBorder p="md" component="article" aria-label={who}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Text fw={650} className="anywhere">
              {companyName ?? companyDomain ?? 'No company'}
            </Text>
            {leadId === null ? (
              <Text size="sm">{who}</Text>
            ) : (
              <Anchor component={Link} to={`${path}/leads/${leadId}`} size="sm" className="anywhere">
                {who}
              </Anchor>
            )}
          </div>
          <Stack gap={4} align="flex-end">
            <Text fz={24} fw={700} lh={1} className="numbers">
              {score}
            </Text>
            <TierBadge tier={tier} />
          </Stack>
        </Group>
        <Text size="sm" c="dimmed">
          {firmOf(signup)}
        </Text>
        <Text size="sm">{usageOf(signup)}</Text>
        {features.length > 0 && (
          <Group gap={4}>
            {features.map((name) => (
              <Badge key={name} color="gray">
                {name}
              </Badge>
            ))}
          </Group>
        )}
        {action !== null && (
          <Text size="sm" fw={600}>
            {action}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {count(signup.stakeholders, 'stakeholder')} · {count(signup.signals, 'signal')}
          {lastActiveAt !== null && (
            <>
              {' '}
              · active <Time at={lastActiveAt} />
            </>
          )}
        </Text>
      </Stack>
    </Paper>
  );
}

function firmOf({ industry, employees, employeeRange, fundingStage, totalFundingUsd }: SignupCard): string {
  const parts = [
    industry === null ? null : /^[A-Z_]+$/u.test(industry) ? titled(industry.toLowerCase()) : industry,
    employees === null ? (employeeRange === null ? null : `${employeeRange} people`) : `${short(employees)} people`,
    fundingStage === null ? null : fundingStage.replaceAll('_', ' '),
    totalFundingUsd === null ? null : `$${short(totalFundingUsd)} raised`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'Nothing is known of the company' : parts.join(' · ');
}

function usageOf({ projects, teamMembers, apiCalls30d, apiCallGrowthPct, billingTier }: SignupCard): string {
  const growth =
    apiCallGrowthPct === null || apiCallGrowthPct === 0
      ? ''
      : ` (${apiCallGrowthPct > 0 ? '+' : ''}${apiCallGrowthPct} %)`;
  const parts = [
    billingTier === null ? null : `${billingTier} plan`,
    projects === null ? null : count(projects, 'project'),
    teamMembers === null ? null : `team of ${teamMembers}`,
    apiCalls30d === null ? null : `${short(apiCalls30d)} API calls${growth}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'No usage is known' : parts.join(' · ');
}

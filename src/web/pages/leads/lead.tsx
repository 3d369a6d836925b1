import { Anchor, Group, Tabs, Text } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useParams, useSearchParams } from 'react-router';
import type { LeadAnswer } from '../../../http/api/leads/schemas.ts';
import { Problem } from '../../api/call.ts';
import { useLead } from '../../api/leads.ts';
import { StatusBadge } from '../../parts/badges.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useOrg } from '../../shell/org.tsx';
import { Activity, Writes } from './activity.tsx';
import { WhyNot } from './gates.tsx';
import { InCrm } from './in-crm.tsx';
import { Receipts } from './receipt.tsx';
import { ScoreCards } from './scores.tsx';
import { Values } from './values.tsx';

const tabs = [
  ['score', 'Score', Receipts],
  ['values', 'Values', Values],
  ['crm', 'In the CRM', InCrm],
  ['activity', 'Activity', Activity],
  ['writes', 'Writes', Writes],
] as const;

/** Everything about one person. */
export function LeadPage() {
  const { lead: id = '' } = useParams();
  const lead = useLead(id);
  if (lead.data !== undefined) return <Person answer={lead.data} />;
  return (
    <Page title="Lead" lead={<Back />}>
      {lead.isPending && <Loading what="the lead" />}
      {lead.error !== null &&
        (lead.error instanceof Problem && [400, 404].includes(lead.error.status) ? (
          <Empty title="There is no such lead here">{lead.error.remedy}</Empty>
        ) : (
          <ProblemNote error={lead.error} onRetry={() => void lead.refetch()} />
        ))}
    </Page>
  );
}

function Back() {
  const { path } = useOrg();
  return (
    <Anchor component={Link} to={`${path}/leads`} size="sm">
      <Group gap={4} component="span" display="inline-flex">
        <IconArrowLeft size={14} aria-hidden />
        All leads
      </Group>
    </Anchor>
  );
}

function Person({ answer }: { readonly answer: LeadAnswer }) {
  const { lead } = answer;
  const [search, setSearch] = useSearchParams();
  const chosen = tabs.find(([key]) => key === search.get('tab'))?.[0] ?? 'score';
  return (
    <Page title={lead.name ?? lead.email ?? 'Nameless'} lead={<Facts lead={lead} />}>
      {lead.erasedAt !== null && (
        <Empty title="This person was erased">
          The CRM deleted them for privacy <Time at={lead.erasedAt} />: what is left says nothing of them.
        </Empty>
      )}
      {lead.mergedInto !== null && <Merged into={lead.mergedInto} />}
      <ScoreCards answer={answer} />
      {lead.erasedAt === null && lead.mergedInto === null && <WhyNot gates={answer.whyNot} />}
      <Tabs
        value={chosen}
        onChange={(key) => setSearch(key === null || key === 'score' ? {} : { tab: key }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="md" aria-label="About this person">
          {tabs.map(([key, label]) => (
            <Tabs.Tab key={key} value={key}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(([key, , Content]) => (
          <Tabs.Panel key={key} value={key}>
            <Content answer={answer} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

/** What is told below is how they stood then. */
function Merged({ into }: { readonly into: string }) {
  const { path } = useOrg();
  const { data } = useLead(into);
  const name = data?.lead.name ?? data?.lead.email ?? 'another lead';
  return (
    <Empty title="Merged into another lead">
      They were found to be the same person as{' '}
      <Anchor component={Link} to={`${path}/leads/${into}`} underline="always" className="anywhere">
        {name}
      </Anchor>
      : their CRM records and what they do count there. What is below is how they stood before.
    </Empty>
  );
}

function Facts({ lead }: Pick<LeadAnswer, 'lead'>) {
  const { email, title, companyName, status, segment, owner, opportunity, createdAt } = lead;
  const facts = [
    lead.name === null ? null : email,
    [title, companyName].filter((part) => part !== null).join(', ') || null,
    segment === null || segment === 'unknown' ? null : segment,
    owner === null ? null : `owner ${owner}`,
    opportunity === null ? null : `deal ${opportunity.name ?? 'without a name'} (${opportunity.stage ?? 'no stage'})`,
  ].filter((fact) => fact !== null);
  return (
    <Group gap="xs" component="span" display="inline-flex" mt={4}>
      <StatusBadge status={status} />
      <span className="anywhere">{facts.join(' · ')}</span>
      <Text span c="dimmed" size="sm">
        known since <Time at={createdAt} />
      </Text>
      <Back />
    </Group>
  );
}

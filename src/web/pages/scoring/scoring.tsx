import { Badge, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { ProfileSummary } from '../../../http/api/profiles/schemas.ts';
import { useProfiles } from '../../api/profiles.ts';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useMay, useOrg } from '../../shell/org.tsx';
import { kindTitles } from './words.ts';

const purposes = {
  mql: 'Scores every lead by what it does and who it is, and decides when it becomes an MQL.',
  plg: 'Scores every signup of the product by its company, its usage and what points to more.',
} as const;

/** /orgs/ORG/scoring */
export function ScoringPage() {
  const profiles = useProfiles();
  return (
    <Page
      title="Scoring"
      lead="Two scores, each by a profile of its own: what earns points, how many, and what follows."
    >
      {profiles.isPending && <Loading what="the profiles" />}
      {profiles.error !== null && <ProblemNote error={profiles.error} onRetry={() => void profiles.refetch()} />}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {profiles.data?.map((profile) => (
          <ProfileCard key={profile.kind} profile={profile} />
        ))}
      </SimpleGrid>
    </Page>
  );
}

function ProfileCard({ profile }: { readonly profile: ProfileSummary }) {
  const { kind, version, publishedAt, rescoredAt, components, rules, triggers, draft } = profile;
  const { path } = useOrg();
  const verb = useMay('admin') ? 'Edit' : 'Look at';
  return (
    <Paper withBorder p="lg">
      <Stack gap="sm" h="100%">
        <Group justify="space-between">
          <Title order={2}>{kindTitles[kind]}</Title>
          {draft !== null && <Badge color="indigo">draft</Badge>}
        </Group>
        <Text c="dimmed">{purposes[kind]}</Text>
        <Text size="sm">
          {components} components, {rules} rules{triggers > 0 && `, ${triggers} MQL triggers`}
        </Text>
        <Text size="sm" flex={1}>
          {version === 0 ? (
            'The default profile is in force.'
          ) : (
            <>
              Version {version}, published <Time at={publishedAt} />
              {rescoredAt === null && '; scores are being brought up to it'}
            </>
          )}
          {draft !== null && (
            <>
              {' '}
              Draft by {draft.updatedBy}, <Time at={draft.updatedAt} />.
            </>
          )}
        </Text>
        <Group>
          <Button component={Link} to={`${path}/scoring/${kind}`} aria-label={`${verb} ${kindTitles[kind]}`}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

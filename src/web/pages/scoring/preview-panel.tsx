import {
  Anchor,
  Badge,
  Button,
  Group,
  List,
  Loader,
  Paper,
  Progress,
  SimpleGrid,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { Link } from 'react-router';
import type { Preview, PreviewedPerson } from '../../../http/api/profiles/schemas.ts';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { number } from '../../parts/words.ts';
import { useOrg } from '../../shell/org.tsx';
import { Distribution } from './distribution.tsx';
import { useEditor } from './editor-context.tsx';
import { estimatedText } from './merge-previews.ts';
import type { FullPreview } from './use-full-preview.ts';

interface Props {
  /** Of a sample; undefined = not there yet. */
  readonly sample: Preview | undefined;
  readonly full: FullPreview;
  readonly error: Error | null;
  /** What is shown is of the profile before this edit. */
  readonly isOld: boolean;
  readonly onRetry: () => void;
}

/** What the draft would change, for everybody or for a fair sample. */
export function PreviewPanel({ sample, full, error, isOld, onRetry }: Props) {
  const { problems } = useEditor();
  const shown = full.preview ?? sample;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="preview-title">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} id="preview-title">
            Preview
          </Title>
          {isOld && problems.length === 0 && (
            <Loader size="xs" role="status" aria-label="Scoring by what you have just changed" />
          )}
        </Group>
        {problems.length > 0 && (
          <Text size="sm" c="dimmed">
            It goes on when what is marked red is mended.
          </Text>
        )}
        {error !== null && <ProblemNote error={error} onRetry={onRetry} />}
        {full.error !== null && <ProblemNote error={full.error} onRetry={full.start} />}
        {shown === undefined && error === null && problems.length === 0 && <Loading what="the preview" />}
        {shown !== undefined && <Findings preview={shown} full={full} />}
      </Stack>
    </Paper>
  );
}

function Findings({ preview, full }: { readonly preview: Preview; readonly full: FullPreview }) {
  const { kind } = useEditor();
  if (preview.scored === 0) {
    return (
      <Text size="sm">
        {kind === 'mql'
          ? 'There are no leads yet. They come with the first sync of a connection.'
          : 'There are no signups yet. They come in by the API, by files or from a source.'}
      </Text>
    );
  }
  return (
    <>
      <Extent preview={preview} full={full} />
      <SimpleGrid cols={2} spacing="xs">
        <Figure label="scores change" count={preview.changed} preview={preview} />
        <Figure label="CRM records of people to write, at most" count={preview.records} preview={preview} />
        {kind === 'mql' && <Figure label="become MQL" count={preview.becomeMql.count} preview={preview} />}
        {kind === 'mql' && <Figure label="would not qualify" count={preview.wouldNotBeMql.count} preview={preview} />}
      </SimpleGrid>
      <Distribution preview={preview} />
      <Tiers tiers={preview.tiers} />
      <People title="Become MQL" people={preview.becomeMql.people} count={preview.becomeMql.count} />
      <People
        title="Would not have qualified"
        hint="They stay MQL: nobody is moved back because a score fell."
        people={preview.wouldNotBeMql.people}
        count={preview.wouldNotBeMql.count}
      />
      <People title="Move farthest" people={preview.movers} count={preview.movers.length} />
    </>
  );
}

function Extent({ preview: { scored, total, next }, full }: { readonly preview: Preview; readonly full: FullPreview }) {
  if (next === null) {
    return (
      <Text size="sm" c="dimmed">
        All {number(scored)} are scored by both.
      </Text>
    );
  }
  const all = total ?? scored;
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {number(scored)}
          {total === null ? '' : ` of ${number(total)}`}, chosen by chance but always the same.
          {total === null && ' All others are being counted.'}
        </Text>
        {full.isRunning ? (
          <Button size="compact-xs" variant="default" onClick={full.stop}>
            Stop
          </Button>
        ) : (
          <Button size="compact-xs" variant="light" onClick={full.start}>
            Score everybody
          </Button>
        )}
      </Group>
      {full.isRunning && <Progress value={(scored / all) * 100} aria-label="Scored so far" />}
    </Stack>
  );
}

interface FigureProps {
  readonly label: string;
  readonly count: number;
  readonly preview: Preview;
}

function Figure({ label, count, preview }: FigureProps) {
  return (
    <Paper withBorder p="xs">
      <Text fw={700} size="lg" className="numbers">
        {estimatedText(count, preview)}
      </Text>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </Paper>
  );
}

function Tiers({ tiers }: Pick<Preview, 'tiers'>) {
  return (
    <Group gap="xs" role="list" aria-label="Tiers, live and by the draft">
      {tiers.map(({ tier, before, after }) => (
        <Badge key={tier} role="listitem" size="lg" color={before === after ? 'gray' : 'indigo'}>
          {tier} {number(before)}
          {before !== after && ` → ${number(after)}`}
        </Badge>
      ))}
    </Group>
  );
}

interface PeopleProps {
  readonly title: string;
  readonly hint?: string;
  readonly people: readonly PreviewedPerson[];
  readonly count: number;
}

function People({ title, hint, people, count }: PeopleProps) {
  const { path } = useOrg();
  if (people.length === 0) return null;
  return (
    <div>
      <Title order={3} size="h5">
        {title}
      </Title>
      {hint !== undefined && (
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      )}
      <List size="sm" spacing={2} listStyleType="none" aria-label={title}>
        {people.slice(0, 8).map(({ leadId, name, email, companyName, before, after }, index) => (
          <List.Item key={leadId ?? `${index}`}>
            {leadId === null ? (
              (name ?? 'A signup')
            ) : (
              <Anchor component={Link} to={`${path}/leads/${leadId}`} size="sm">
                {name ?? email ?? 'A lead without a name'}
              </Anchor>
            )}
            {companyName !== null && ` · ${companyName}`}{' '}
            <Text span size="sm" c="dimmed" className="numbers">
              {before} → {after}
            </Text>
          </List.Item>
        ))}
      </List>
      {count > Math.min(8, people.length) && (
        <Text size="xs" c="dimmed">
          and others
        </Text>
      )}
    </div>
  );
}

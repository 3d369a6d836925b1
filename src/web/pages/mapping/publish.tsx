import { Alert, Button, Group, List, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { Consequences, MappingAnswer } from '../../../http/api/mapping/schemas.ts';
import { useConsequences, usePublish } from '../../api/mapping.ts';
import { number } from '../../parts/words.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { RefusalNote } from '../../parts/refusal-note.tsx';
import { DifferenceList } from './difference-list.tsx';
import { ProblemLine } from './in-rule.tsx';
import type { Editor } from './use-editor.ts';

interface Props {
  readonly mapping: MappingAnswer;
  readonly editor: Editor;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Begins anew with what the server has. */
  readonly onLoad: () => Promise<void>;
  readonly onPublished: (version: number) => void;
}

/** A look at what would change, then the change. */
export function PublishDialog({ mapping, editor, isOpen, onClose, onLoad, onPublished }: Props) {
  const { definition, base, isDirty } = editor;
  const told = useConsequences(mapping, definition, isOpen);
  const publish = usePublish(mapping.connection);
  const close = (): void => {
    publish.reset();
    onClose();
  };
  const isSound = told.data !== undefined && told.data.check.mistakes.length === 0;
  return (
    <Dialog isOpen={isOpen} isBusy={publish.isPending} onClose={close} size="xl" title="What publishing changes">
      <Stack>
        {told.isPending && <Loading what="the consequences" />}
        {told.error !== null && <ProblemNote error={told.error} onRetry={() => void told.refetch()} />}
        {told.data !== undefined && <Told mapping={mapping} told={told.data} />}
        {publish.error !== null && <RefusalNote error={publish.error} hasUnsaved={isDirty} onLoad={onLoad} />}
        <Group justify="flex-end">
          <Button variant="default" data-disabled={publish.isPending} onClick={close}>
            Not yet
          </Button>
          <Button
            disabled={!isSound}
            loading={publish.isPending}
            onClick={() =>
              publish.mutate(
                { version: base.version, definition, revision: base.revision },
                {
                  onSuccess: ({ version }) => {
                    onPublished(version);
                    close();
                  },
                },
              )
            }
          >
            Publish version {base.version + 1}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function Told({ mapping, told }: { readonly mapping: MappingAnswer; readonly told: Consequences }) {
  const { check, differences, fields, startsWriting, stopsWriting } = told;
  const words = new Map([...mapping.targets, ...mapping.outputs].map(({ name, label }) => [name, label]));
  return (
    <Stack>
      {check.mistakes.length > 0 && (
        <Alert color="red" variant="light" title="It cannot be published as it is">
          <List size="sm">
            {check.mistakes.map(({ path, message, remedy }) => (
              <List.Item key={`${path} ${message}`}>
                {path.replace(/^objects\./u, '')}: {message}. {remedy}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {check.unanswered !== null && (
        <Alert color="yellow" variant="light" title={`${mapping.label} could not be asked`}>
          {check.unanswered.message} {check.unanswered.remedy}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Figure value={differences.length} label="changes to the mapping" />
        <Figure value={told.scoresChanged} label={`of ${told.leads} leads score otherwise`} />
        <Figure value={told.becomeQualified} label="of them would newly be MQL" />
        <Figure value={told.noLongerQualified} label="of them would no longer qualify" />
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        {lookedText(told.looked)}
      </Text>
      <Section title="Values of leads">
        {fields.length === 0 ? (
          <Text size="sm">Nothing changes in what was looked at.</Text>
        ) : (
          <List size="sm">
            {fields.map(({ object, to, records: looked, changed, gained, lost }) => (
              <List.Item key={`${object} ${to}`}>
                <b>{words.get(to) ?? to}</b> from {object}:{' '}
                {[
                  gained > 0 && `${gained} gain a value`,
                  changed > 0 && `${changed} change`,
                  lost > 0 && `${lost} lose it`,
                ]
                  .filter(Boolean)
                  .join(', ')}{' '}
                of {number(looked)}
              </List.Item>
            ))}
          </List>
        )}
        {differences.some(({ path }) => path.startsWith('events')) && (
          <Text size="sm">
            What the event rules change is not in these counts: the next sync counts anew what people did.
          </Text>
        )}
      </Section>
      {startsWriting.length + stopsWriting.length > 0 && (
        <Section title={`Written to ${mapping.label}`}>
          <List size="sm">
            {startsWriting.map(({ object, from, to }) => (
              <List.Item key={`+ ${object} ${to}`}>
                <b>starts:</b> {words.get(from) ?? from} → {object} {to}
              </List.Item>
            ))}
            {stopsWriting.map(({ object, from, to }) => (
              <List.Item key={`- ${object} ${to}`}>
                <b>stops:</b> {words.get(from) ?? from} → {object} {to}; what is there stays
              </List.Item>
            ))}
          </List>
        </Section>
      )}
      {check.problems !== null && check.problems.length > 0 && (
        <Section title={`Against ${mapping.label} as it is now`}>
          {check.problems.map((problem) => (
            <ProblemLine
              key={`${problem.object} ${problem.direction} ${problem.field} ${problem.code}`}
              problem={problem}
            />
          ))}
        </Section>
      )}
      <Section title="Line by line">
        <DifferenceList differences={differences} />
      </Section>
      {told.readsAgain && (
        <Text size="sm" c="dimmed">
          The next sync reads every record again with the new rules, so that it holds for all leads and not only for new
          ones.
        </Text>
      )}
    </Stack>
  );
}

/** How far the counts can be trusted. */
function lookedText(looked: Consequences['looked']): string {
  const seen = looked.filter(({ records }) => records > 0);
  if (seen.length === 0) return 'There was no record to look at.';
  const parts = seen.map(({ object, records, isAll }) => `${isAll ? 'all ' : ''}${number(records)} ${object}`);
  const isSample = seen.some(({ isAll }) => !isAll);
  const more = isSample ? ': where it does not say “all”, there may be more' : '';
  const ofCompanies = seen.length > 1 ? ' Of a company that changes, one of its people is scored.' : '';
  return `Counted in ${parts.join(', ')}${more}.${ofCompanies}`;
}

function Figure({ value, label }: { readonly value: number; readonly label: string }) {
  return (
    <div>
      <Text fz={28} fw={650} className="numbers">
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </div>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <Title order={3} fz="sm" mb={4}>
        {title}
      </Title>
      {children}
    </div>
  );
}

import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import type {
  Configuration,
  ConnectionDetail,
  ConnectorForms,
  EnteredLogin,
} from '../../../http/api/connections/schemas.ts';
import { Problem } from '../../api/call.ts';
import { useChangeConnection, useConnection, useConnectors } from '../../api/connections.ts';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useMay } from '../../shell/org.tsx';
import { DeleteDialog } from './delete.tsx';
import { errorAt } from './fields.tsx';
import { isDoubtful, Refusal } from './findings.tsx';
import { ConnectionFrame } from './frame.tsx';
import { ScheduleEditor } from './schedule.tsx';
import { AddressFields, CallFields, LoginSection, ReadingFields, WritingFields } from './sections.tsx';

export function ConnectionSettingsPage() {
  return <ConnectionFrame tab="settings">{(detail) => <Loaded detail={detail} />}</ConnectionFrame>;
}

/** What somebody edits begins from what was loaded: what comes in meanwhile must not sweep it away. */
function Loaded({ detail }: { readonly detail: ConnectionDetail }) {
  const connectors = useConnectors();
  const latest = useConnection(detail.connection.name);
  const [{ base, round }, setBegun] = useState({ base: detail, round: 0 });
  const connector = connectors.data?.find(({ kind }) => kind === detail.connection.kind);
  const discard = async (): Promise<void> => {
    const { data = base } = await latest.refetch();
    setBegun({ base: data, round: round + 1 });
  };
  if (connectors.error !== null) return <ProblemNote error={connectors.error} />;
  if (connector === undefined) return <Loading what="the settings" />;
  return (
    <SettingsForm key={round} begun={base} detail={detail} connector={connector} onDiscard={() => void discard()} />
  );
}

interface FormProps {
  /** What the edit begins from. */
  readonly begun: ConnectionDetail;
  /** As it is now. */
  readonly detail: ConnectionDetail;
  readonly connector: ConnectorForms;
  readonly onDiscard: () => void;
}

function SettingsForm({ begun, detail, connector, onDiscard }: FormProps) {
  const isAdmin = useMay('admin');
  const { name } = begun.connection;
  const [base, setBase] = useState({ configuration: begun.configuration, version: begun.connection.version });
  const [configuration, setConfiguration] = useState<Configuration>(base.configuration);
  const [login, setLogin] = useState<EnteredLogin | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const save = useChangeConnection();
  const change = (part: Partial<Configuration>): void => setConfiguration({ ...configuration, ...part });
  const submit = (acceptWarnings: boolean): void =>
    save.mutate(
      { name, version: base.version, form: { ...configuration, credentials: login, acceptWarnings } },
      {
        // What was edited meanwhile goes on from what is kept now.
        onSuccess({ version }) {
          setBase({ configuration, version });
          setLogin((now) => (now === login ? null : now));
        },
      },
    );
  const part = { configuration, connector, error: save.error, onChange: change };
  const isChanged = login !== null || JSON.stringify(configuration) !== JSON.stringify(base.configuration);
  // Stays while it is pressed.
  const isDoubted = isDoubtful(save.error) || (save.isPending && save.variables.form.acceptWarnings === true);
  // The dialog has a form of its own: inside this one, it would send this one, too.
  return (
    <>
      <form
        autoComplete="off"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          submit(false);
        }}
      >
        <fieldset disabled={!isAdmin} style={{ border: 0, padding: 0, margin: 0, minInlineSize: 0 }}>
          <Stack>
            {!isAdmin && <Text c="dimmed">An admin may change these.</Text>}
            <Section title="Login" lead="What lets leadloop in. A secret is kept sealed, and never shown again.">
              <LoginSection {...part} name={name} stored={detail.credentials} login={login} onLogin={setLogin} />
            </Section>
            <Section title="Schedule" lead="When leads are read, scored and written.">
              <ScheduleEditor value={configuration} error={errorAt(save.error, '/schedule')} onChange={change} />
            </Section>
            <Section title="Writing" lead="Whether scores are written by themselves, and how much at once.">
              <WritingFields {...part} />
            </Section>
            <Section title="Reading" lead="What is read, and how thoroughly.">
              <ReadingFields {...part} />
            </Section>
            <Section
              title="Calls of a day"
              lead="How much of the CRM’s daily calls is ours: other programs need some, too."
            >
              <CallFields {...part} />
            </Section>
            <Section title={connector.label} lead="Where it is, and what is peculiar to it.">
              <AddressFields {...part} />
            </Section>
          </Stack>
        </fieldset>
        {isAdmin && (
          <Stack mt="md">
            <SaveOutcome error={save.error} isSaved={save.isSuccess && !isChanged} onDiscard={onDiscard} />
            <Group justify="space-between">
              <Button variant="light" color="red" onClick={() => setDeleting(true)}>
                Delete the connection
              </Button>
              <Group>
                {isDoubted && (
                  <Button variant="light" color="orange" loading={save.isPending} onClick={() => submit(true)}>
                    Save all the same
                  </Button>
                )}
                <Button type="submit" loading={save.isPending} data-disabled={!isChanged}>
                  Save
                </Button>
              </Group>
            </Group>
          </Stack>
        )}
      </form>
      {/* Whoever deletes the connection has been asked already. */}
      <LeaveGuard isDirty={isChanged && !isDeleting} />
      <DeleteDialog
        connection={begun.connection}
        version={base.version}
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
      />
    </>
  );
}

function Section({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Title order={2}>{title}</Title>
      <Text c="dimmed" size="sm" mb="md">
        {lead}
      </Text>
      {children}
    </Paper>
  );
}

interface OutcomeProps {
  readonly error: Error | null;
  readonly isSaved: boolean;
  readonly onDiscard: () => void;
}

function SaveOutcome({ error, isSaved, onDiscard }: OutcomeProps) {
  if (error === null)
    return isSaved ? (
      <Alert color="green" variant="light" role="status">
        It is saved, and holds from the next run on.
      </Alert>
    ) : null;
  const isStale = error instanceof Problem && error.code === 'version-stale';
  return isStale ? (
    <ProblemNote error={error} onRetry={onDiscard} retryLabel="Discard mine and load theirs" />
  ) : (
    <Refusal key={error.message} error={error} />
  );
}

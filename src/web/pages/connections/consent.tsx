import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { Configuration, ConnectorForms, EnteredLogin } from '../../../http/api/connections/schemas.ts';
import type { ConsentState } from '../../../http/api/consents/schemas.ts';
import { Problem } from '../../api/call.ts';
import { useRedirectUri } from '../../api/connections.ts';
import { useBeginConsent, useConsent } from '../../api/consents.ts';
import { CopyField } from '../../parts/copy-field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';

/** Where the login is for. */
export interface LoginPlace {
  /** Null = a connection that is yet to be made. */
  readonly connection: string | null;
  readonly baseUrl: string | null;
  readonly settings: Configuration['settings'];
}

interface Props {
  readonly connector: ConnectorForms;
  readonly login: EnteredLogin;
  readonly place: LoginPlace;
  readonly onChange: (login: EnteredLogin) => void;
  /** What is missing, or does not fit any more. */
  readonly error: string | undefined;
  /** What was wrong with the fields around. */
  readonly onProblem: (error: Error | null) => void;
}

/** Agreeing at the CRM, in another window, instead of typing a token. */
export function ConsentStep({ connector: { kind, label }, login, place, error, onChange, onProblem }: Props) {
  const begin = useBeginConsent();
  const { id = null, url = '' } = begin.data ?? {};
  const { data: state = null, error: fault, refetch } = useConsent(id);
  const stage = fault === null ? stageOf(id, state, login) : 'none';
  useGrant(id, stage, () => onChange({ ...login, consent: id }));
  const start = (): void => {
    onProblem(null);
    onChange({ ...login, consent: null });
    const wish = { kind, ...place, credentials: { login: login.login, values: login.values } };
    begin.mutate(wish, {
      onSuccess: (begun) => void window.open(begun.url, '_blank', 'noopener'),
      onError: onProblem,
    });
  };
  return (
    <Stack gap="sm">
      <RedirectAddress />
      <Group>
        <Button
          variant={stage === 'agreed' ? 'default' : 'filled'}
          loading={begin.isPending}
          rightSection={<IconExternalLink size={16} aria-hidden />}
          onClick={start}
        >
          {stage === 'agreed' ? `Ask ${label} again` : `Let leadloop in at ${label}`}
        </Button>
        <Text size="sm" c="dimmed">
          opens a new window
        </Text>
      </Group>
      <Fault text={stage === 'away' ? undefined : error} error={begin.error} />
      <Outcome stage={stage} label={label} url={url} problem={state?.problem ?? null} />
      {fault !== null && <ProblemNote error={fault} onRetry={() => void refetch()} />}
    </Stack>
  );
}

/** `granted`: at the CRM; `agreed`: and the form knows. */
type Stage = 'none' | 'away' | 'refused' | 'granted' | 'agreed';

function stageOf(id: string | null, state: ConsentState | null, { consent }: EnteredLogin): Stage {
  if (id === null) return 'none';
  if (consent === id) return 'agreed';
  const status = state?.status ?? 'waiting';
  return status === 'waiting' ? 'away' : status;
}

/** Tells once that somebody has agreed: whoever changes the app afterwards has to be let in anew. */
function useGrant(id: string | null, stage: Stage, onGranted: () => void): void {
  const told = useRef<string | null>(null);
  useEffect(() => {
    if (stage !== 'granted' || told.current === id) return;
    told.current = id;
    onGranted();
  }, [id, stage, onGranted]);
}

/** What concerns a field is shown there. */
function Fault({ text, error }: { readonly text: string | undefined; readonly error: Error | null }) {
  const isOfField = error instanceof Problem && error.errors.length > 0;
  return (
    <>
      {text !== undefined && (
        <Text size="sm" c="red" role="alert">
          {text}
        </Text>
      )}
      {error !== null && !isOfField && <ProblemNote error={error} />}
    </>
  );
}

interface OutcomeProps {
  readonly stage: Stage;
  readonly label: string;
  readonly url: string;
  readonly problem: ConsentState['problem'];
}

function Outcome({ stage, label, url, problem }: OutcomeProps) {
  return (
    <div aria-live="polite">
      {stage === 'away' && (
        <Alert color="indigo" variant="light" title={`Waiting for you at ${label}`}>
          Say yes there, then come back here. No window has opened?{' '}
          <Anchor href={url} target="_blank" rel="noopener" underline="always" c="inherit" inherit>
            Go to {label}
          </Anchor>
        </Alert>
      )}
      {stage === 'refused' && (
        <Alert color="red" variant="light" title={problem?.message}>
          {problem?.remedy}
        </Alert>
      )}
      {stage === 'agreed' && (
        <Alert color="green" variant="light" title={`${label} lets leadloop in`}>
          Now it can be saved, within a quarter of an hour.
        </Alert>
      )}
    </div>
  );
}

/** What has to be registered with the app before. */
function RedirectAddress() {
  const { data } = useRedirectUri();
  return data === undefined ? null : (
    <CopyField label="Redirect address" value={data} description="Register it with the app first, letter for letter." />
  );
}

import { Button, Collapse, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import type { ConnectorForms, FormField, NewConnectionForm } from '../../../http/api/connections/schemas.ts';
import { useConnectors, useCreateConnection } from '../../api/connections.ts';
import { Dialog, focusLate } from '../../parts/dialog.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useOrg } from '../../shell/org.tsx';
import { ConnectorField, errorAt, type FieldValue } from './fields.tsx';
import { isDoubtful, Refusal } from './findings.tsx';
import { emptyLogin, LoginFields } from './login.tsx';

interface Props {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Which CRM, under which name, and how to log in to it. */
export function ConnectDialog({ isOpen, onClose }: Props) {
  const connectors = useConnectors();
  const create = useCreateConnection();
  const [kind, setKind] = useState<string | null>(null);
  const chosen = connectors.data?.find((one) => one.kind === kind) ?? connectors.data?.[0];
  const close = (): void => {
    create.reset();
    onClose();
  };
  const choose = (next: string): void => {
    create.reset();
    setKind(next);
  };
  return (
    <Dialog isOpen={isOpen} isBusy={create.isPending} onClose={close} title="Connect a CRM" size="lg">
      {connectors.isPending && <Loading what="the CRMs" />}
      {connectors.error !== null && <ProblemNote error={connectors.error} />}
      {chosen !== undefined && (
        <Stack>
          <SegmentedControl
            aria-label="CRM"
            fullWidth
            data={(connectors.data ?? []).map((one) => ({ value: one.kind, label: one.label }))}
            value={chosen.kind}
            readOnly={create.isPending}
            onChange={choose}
          />
          <ConnectForm key={chosen.kind} connector={chosen} create={create} isFirst={kind === null} onClose={close} />
        </Stack>
      )}
    </Dialog>
  );
}

interface FormProps {
  readonly connector: ConnectorForms;
  readonly create: ReturnType<typeof useCreateConnection>;
  /** Nobody has chosen another CRM: the focus is not where they chose it. */
  readonly isFirst: boolean;
  readonly onClose: () => void;
}

function ConnectForm({ connector, create, isFirst, onClose }: FormProps) {
  const { path, slug } = useOrg();
  const navigate = useNavigate();
  const [isMore, { toggle }] = useDisclosure();
  const [form, setForm] = useState<NewConnectionForm>({
    name: `${slug}-${connector.kind}`.slice(0, 63),
    kind: connector.kind,
    credentials: emptyLogin(connector),
    baseUrl: null,
    schedule: '*/15 * * * *',
    settings: {},
  });
  const change = (part: Partial<NewConnectionForm>): void => setForm({ ...form, ...part });
  const save = (acceptWarnings: boolean): void =>
    create.mutate({ ...form, acceptWarnings }, { onSuccess: () => void navigate(`${path}/connections/${form.name}`) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save(false);
  };
  const { error } = create;
  // Stays while it is pressed.
  const isDoubted = isDoubtful(error) || (create.isPending && create.variables.acceptWarnings === true);
  const part = { form, error, onChange: change };
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack>
        <TextInput
          label="Name"
          description="Lower-case letters, digits and hyphens; it stays as it is"
          pattern="[a-z0-9][a-z0-9\-]{0,62}"
          required
          data-autofocus
          ref={isFirst ? focusLate : null}
          value={form.name}
          error={errorAt(error, '/name')}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <LoginFields
          connector={connector}
          login={form.credentials}
          place={{ connection: null, baseUrl: form.baseUrl ?? null, settings: form.settings ?? {} }}
          error={error}
          onChange={(credentials) => change({ credentials })}
        />
        <SettingFields {...part} fields={connector.settings.filter(isAddress)} />
        <Group>
          <Button variant="subtle" size="compact-sm" onClick={toggle} aria-expanded={isMore}>
            {isMore ? 'Fewer settings' : 'More settings'}
          </Button>
        </Group>
        <Collapse expanded={isMore}>
          <Stack gap="sm">
            <SettingFields {...part} fields={connector.settings.filter((field) => !isAddress(field))} />
            <TextInput
              label="Another address"
              description={`Of a sandbox or a proxy; left empty = ${connector.label}’s own`}
              placeholder="https://"
              value={form.baseUrl ?? ''}
              error={errorAt(error, '/baseUrl')}
              onChange={(event) => change({ baseUrl: event.currentTarget.value || null })}
            />
          </Stack>
        </Collapse>
        <Text size="sm" c="dimmed">
          Before anything is stored, {connector.label} is asked whether the login works and what it may do. Nothing is
          written there until you say so.
        </Text>
        {error !== null && <Refusal key={error.message} error={error} />}
        <Group justify="flex-end">
          <Button variant="default" data-disabled={create.isPending} onClick={onClose}>
            Cancel
          </Button>
          {isDoubted && (
            <Button variant="light" color="orange" loading={create.isPending} onClick={() => save(true)}>
              Connect all the same
            </Button>
          )}
          <Button type="submit" loading={create.isPending}>
            {isDoubtful(error) ? 'Test again' : 'Test and connect'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Where the organisation's own CRM is: most people have to say so. */
function isAddress(field: FormField): boolean {
  return /^https?:/u.test(String(field.default));
}

interface SettingProps {
  readonly fields: readonly FormField[];
  readonly form: NewConnectionForm;
  readonly error: Error | null;
  readonly onChange: (part: Partial<NewConnectionForm>) => void;
}

function SettingFields({ fields, form, error, onChange }: SettingProps) {
  const { settings = {} } = form;
  const set = (key: string, value: FieldValue): void => onChange({ settings: { ...settings, [key]: value } });
  return fields.map((field) => (
    <ConnectorField
      key={field.key}
      field={field}
      value={settings[field.key] ?? null}
      error={errorAt(error, `/settings/${field.key}`)}
      onChange={(value) => set(field.key, value)}
    />
  ));
}

import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type {
  ConnectorForms,
  EnteredLogin,
  LoginForm as LoginFormOf,
  ToldLogin,
} from '../../../http/api/connections/schemas.ts';
import { ConsentStep, type LoginPlace } from './consent.tsx';
import { ConnectorField, errorAt } from './fields.tsx';

interface Props {
  readonly connector: ConnectorForms;
  readonly login: EnteredLogin;
  readonly place: LoginPlace;
  /** What is stored already; left out = nothing is. */
  readonly stored?: ToldLogin;
  readonly error: Error | null;
  readonly onChange: (login: EnteredLogin) => void;
}

/** The first way to log in, with nothing entered. */
export function emptyLogin({ logins }: ConnectorForms, title: string | null = null): EnteredLogin {
  return { login: title ?? logins[0]?.title ?? '', values: {} };
}

/** One of the connector's ways to log in, and what it asks for. */
export function LoginFields({ connector, login, ...props }: Props) {
  const form = connector.logins.find(({ title }) => title === login.login);
  return (
    <Stack gap="sm">
      {connector.logins.length > 1 && (
        <div>
          <Text size="sm" fw={500} id="way-to-log-in">
            Way to log in
          </Text>
          <SegmentedControl
            aria-labelledby="way-to-log-in"
            data={connector.logins.map(({ title }) => title)}
            value={login.login}
            onChange={(title) => props.onChange({ login: title, values: {} })}
            mt={4}
          />
        </div>
      )}
      {form !== undefined && <LoginForm key={form.title} form={form} connector={connector} login={login} {...props} />}
    </Stack>
  );
}

/** What agreeing at the CRM brings is not asked for, unless somebody has it already. */
function LoginForm({ form, ...props }: Props & { readonly form: LoginFormOf }) {
  const { connector, login, stored, error, onChange } = props;
  const [isTyped, setTyped] = useState(false);
  const [problem, setProblem] = useState<Error | null>(null);
  // Whoever is asked at the CRM is asked for what is in the fields now: each change begins anew.
  const [round, setRound] = useState(0);
  const kept = stored?.login === login.login ? stored : null;
  const brought = isTyped ? null : form.brought;
  const errorOf = (place: string): string | undefined => errorAt(problem ?? error, `/credentials/${place}`);
  const set = (key: string, text: string): void => {
    setProblem(null);
    setRound(round + 1);
    onChange({ login: login.login, values: { ...login.values, [key]: text }, consent: null });
  };
  const toggle = (): void => {
    setTyped(!isTyped);
    const values = Object.entries(login.values).filter(([key]) => !form.brought?.includes(key));
    onChange({ login: login.login, values: Object.fromEntries(values), consent: null });
  };
  return (
    <>
      {form.fields
        .filter(({ key }) => !brought?.includes(key))
        .map((field) => (
          <ConnectorField
            key={field.key}
            field={field}
            value={login.values[field.key] ?? (field.isSecret ? null : (kept?.values[field.key] ?? null))}
            isStored={kept?.secrets.includes(field.key) ?? false}
            error={errorOf(`values/${field.key}`)}
            onChange={(value) => set(field.key, value === null ? '' : String(value))}
          />
        ))}
      {brought !== null && (
        <ConsentStep key={round} {...props} error={consentError(props, brought, errorOf)} onProblem={setProblem} />
      )}
      {form.brought !== null && (
        <Group>
          <Button variant="subtle" size="compact-sm" onClick={toggle}>
            {isTyped ? `Ask ${connector.label} instead` : 'I have a refresh token already'}
          </Button>
        </Group>
      )}
    </>
  );
}

/** What is wrong with what somebody has agreed to, or that nobody has. */
function consentError(
  { connector, login }: Pick<Props, 'connector' | 'login'>,
  brought: readonly string[],
  errorOf: (place: string) => string | undefined,
): string | undefined {
  const isMissing = brought.some((key) => errorOf(`values/${key}`) !== undefined);
  const isUnasked = isMissing && (login.consent ?? null) === null;
  return errorOf('consent') ?? (isUnasked ? `${connector.label} has not been asked yet.` : undefined);
}

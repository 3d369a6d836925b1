import { SegmentedControl, Stack, Text } from '@mantine/core';
import type { ConnectorForms, EnteredLogin, ToldLogin } from '../../../http/api/connections/schemas.ts';
import { ConnectorField, errorAt } from './fields.tsx';

interface Props {
  readonly connector: ConnectorForms;
  readonly login: EnteredLogin;
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
export function LoginFields({ connector, login, stored, error, onChange }: Props) {
  const form = connector.logins.find(({ title }) => title === login.login);
  const kept = stored?.login === login.login ? stored : null;
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
            onChange={(title) => onChange({ login: title, values: {} })}
            mt={4}
          />
        </div>
      )}
      {form?.fields.map((field) => (
        <ConnectorField
          key={`${login.login} ${field.key}`}
          field={field}
          value={login.values[field.key] ?? (field.isSecret ? null : (kept?.values[field.key] ?? null))}
          isStored={kept?.secrets.includes(field.key) ?? false}
          error={errorAt(error, `/credentials/values/${field.key}`)}
          onChange={(value) =>
            onChange({ ...login, values: { ...login.values, [field.key]: value === null ? '' : String(value) } })
          }
        />
      ))}
    </Stack>
  );
}

import {
  Alert,
  Button,
  Code,
  Group,
  MultiSelect,
  NumberInput,
  Radio,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import type { Configuration, ConnectorForms, EnteredLogin, ToldLogin } from '../../../http/api/connections/schemas.ts';
import { Time } from '../../parts/time.tsx';
import { ConnectorField, errorAt, inputWrapperOrder } from './fields.tsx';
import { emptyLogin, LoginFields } from './login.tsx';

interface Part {
  readonly configuration: Configuration;
  readonly connector: ConnectorForms;
  readonly error: Error | null;
  readonly onChange: (part: Partial<Configuration>) => void;
}

interface LoginProps extends Part {
  /** Of the connection. */
  readonly name: string;
  readonly stored: ToldLogin;
  /** Null = the stored one stays. */
  readonly login: EnteredLogin | null;
  readonly onLogin: (login: EnteredLogin | null) => void;
}

export function LoginSection({ name, configuration, connector, stored, login, error, onLogin }: LoginProps) {
  const { baseUrl, settings } = configuration;
  return (
    <Stack gap="sm">
      {stored.problem !== null && (
        <Alert color="red" variant="light" title="The stored login cannot be opened">
          {stored.problem}
        </Alert>
      )}
      {stored.references.length > 0 && (
        <Text size="sm">
          A configuration file says where it comes from:{' '}
          {stored.references.map(({ key, from }) => `${key} from ${from}`).join(', ')}. What is entered here takes its
          place.
        </Text>
      )}
      {login === null ? (
        <Group justify="space-between">
          <Text size="sm">
            {stored.login ?? 'None is stored'}
            {stored.login !== null && (
              <>
                , stored <Time at={stored.since} never="before that was noted" />
              </>
            )}
            {Object.entries(stored.values).map(([key, value]) => (
              <Text key={key} span>
                ; {key} <Code>{value}</Code>
              </Text>
            ))}
          </Text>
          <Button variant="default" size="xs" onClick={() => onLogin(emptyLogin(connector, stored.login))}>
            Change the login
          </Button>
        </Group>
      ) : (
        <>
          <LoginFields
            connector={connector}
            login={login}
            place={{ connection: name, baseUrl, settings }}
            stored={stored}
            error={error}
            onChange={onLogin}
          />
          <Group>
            <Button variant="subtle" size="compact-sm" onClick={() => onLogin(null)}>
              Leave it as it is
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}

export function WritingFields({ configuration: { push }, error, onChange }: Part) {
  const set = (part: Partial<Configuration['push']>): void => onChange({ push: { ...push, ...part } });
  const { records, share } = push.blastRadius;
  return (
    <Stack gap="sm">
      <Radio.Group
        label="After each run"
        value={push.mode}
        onChange={(mode) => set({ mode: mode === 'auto' ? 'auto' : 'plan' })}
      >
        <Stack gap="xs" mt="xs">
          <Radio
            value="plan"
            label="Show what would be written"
            description="Nothing is written: somebody looks first, and then chooses the other one."
          />
          <Radio
            value="auto"
            label="Write it"
            description="Unless it is more than below: then it waits for somebody."
          />
        </Stack>
      </Radio.Group>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Whole
          label="Always allowed: records"
          description="Of the records written before, so many may change at once."
          value={records}
          min={1}
          error={errorAt(error, '/push/blastRadius/records')}
          onChange={(value) => set({ blastRadius: { records: value ?? records, share } })}
        />
        <Percent
          label="Always allowed: share"
          description="Or this share of them, where that is more."
          value={share}
          error={errorAt(error, '/push/blastRadius/share')}
          onChange={(value) => set({ blastRadius: { records, share: value } })}
        />
        <Whole
          label="Bulk jobs from"
          description="So many waiting records on; empty = as the CRM’s connector thinks best."
          value={push.massFrom}
          min={1}
          error={errorAt(error, '/push/massFrom')}
          onChange={(massFrom) => set({ massFrom })}
        />
      </SimpleGrid>
    </Stack>
  );
}

export function ReadingFields({ configuration: { pull }, connector, error, onChange }: Part) {
  const set = (part: Partial<Configuration['pull']>): void => onChange({ pull: { ...pull, ...part } });
  return (
    <Stack gap="sm">
      <MultiSelect
        label="Objects"
        description="Nothing chosen = all that the CRM has for leadloop"
        data={connector.objects.map(({ object }) => object)}
        value={pull.objects ?? []}
        clearable
        clearButtonProps={{ 'aria-label': 'Read all objects' }}
        onChange={(objects) => set({ objects: objects.length === 0 ? null : objects })}
      />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Whole
          label="Look for changes every (seconds)"
          description="Between two runs; empty = not at all. Costs a call each time."
          value={pull.liveEverySeconds}
          min={5}
          error={errorAt(error, '/pull/liveEverySeconds')}
          onChange={(liveEverySeconds) => set({ liveEverySeconds })}
        />
        <NumberInput
          label="Read everything every (hours)"
          description="Finds what changed without saying so, and what is gone."
          inputWrapperOrder={inputWrapperOrder}
          min={1}
          value={pull.fullPassHours}
          error={errorAt(error, '/pull/fullPassHours')}
          onChange={(value) => typeof value === 'number' && set({ fullPassHours: value })}
        />
        <Whole
          label="The CRM’s index lags (seconds)"
          description="What is younger is read once more."
          value={pull.lagSeconds}
          min={0}
          error={errorAt(error, '/pull/lagSeconds')}
          onChange={(value) => set({ lagSeconds: value ?? pull.lagSeconds })}
        />
      </SimpleGrid>
    </Stack>
  );
}

export function CallFields({ configuration: { quota }, error, onChange }: Part) {
  const set = (part: Partial<Configuration['quota']>): void => onChange({ quota: { ...quota, ...part } });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
      <Percent
        label="Our share"
        description="Of the calls that the CRM allows a day."
        value={quota.dailyShare}
        error={errorAt(error, '/quota/dailyShare')}
        onChange={(dailyShare) => set({ dailyShare })}
      />
      <Percent
        label="Stop at"
        description="When all programs together have used so much."
        value={quota.stopAtOrgUse}
        error={errorAt(error, '/quota/stopAtOrgUse')}
        onChange={(stopAtOrgUse) => set({ stopAtOrgUse })}
      />
      <Percent
        label="Kept for urgent writes"
        description="Of our share: for tier, MQL and status."
        value={quota.urgentReserve}
        error={errorAt(error, '/quota/urgentReserve')}
        onChange={(urgentReserve) => set({ urgentReserve })}
      />
      <Whole
        label="Calls a day"
        description="Of the account, where the CRM does not tell."
        value={quota.dailyLimit}
        min={1}
        error={errorAt(error, '/quota/dailyLimit')}
        onChange={(dailyLimit) => set({ dailyLimit })}
      />
    </SimpleGrid>
  );
}

export function AddressFields({ configuration: { baseUrl, settings }, connector, error, onChange }: Part) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextInput
        label="Another address"
        description={`Of a sandbox or a proxy; empty = ${connector.label}’s own. The login has to be entered anew.`}
        inputWrapperOrder={inputWrapperOrder}
        placeholder="https://"
        value={baseUrl ?? ''}
        error={errorAt(error, '/baseUrl')}
        onChange={(event) => onChange({ baseUrl: event.currentTarget.value || null })}
      />
      {connector.settings.map((field) => (
        <ConnectorField
          key={field.key}
          field={field}
          value={settings[field.key] ?? null}
          error={errorAt(error, `/settings/${field.key}`)}
          onChange={(value) => onChange({ settings: { ...settings, [field.key]: value } })}
        />
      ))}
    </SimpleGrid>
  );
}

interface Labelled {
  readonly label: string;
  readonly description: string;
  readonly error: string | undefined;
}

interface WholeProps extends Labelled {
  readonly value: number | null;
  readonly min: number;
  readonly onChange: (value: number | null) => void;
}

function Whole({ label, description, value, min, error, onChange }: WholeProps) {
  return (
    <NumberInput
      label={label}
      description={description}
      inputWrapperOrder={inputWrapperOrder}
      min={min}
      allowDecimal={false}
      thousandSeparator=","
      value={value ?? ''}
      error={error}
      onChange={(next) => onChange(typeof next === 'number' ? next : null)}
    />
  );
}

interface PercentProps extends Labelled {
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A share, as people write it. */
function Percent({ label, description, value, error, onChange }: PercentProps) {
  return (
    <NumberInput
      label={label}
      description={description}
      inputWrapperOrder={inputWrapperOrder}
      min={0}
      max={100}
      suffix=" %"
      value={Math.round(value * 1e6) / 1e4}
      error={error}
      onChange={(next) => typeof next === 'number' && onChange(Math.round(next * 1e4) / 1e6)}
    />
  );
}

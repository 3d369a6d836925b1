import type { Session } from '../connection.ts';
import { rememberAccount } from '../db/queries/read-connection.ts';
import { readRules, type StoredRules } from '../db/queries/read-rules.ts';
import type { ConnectorDefinition } from '../connector-sdk/connector.ts';
import { checkMapping, type ObjectSchemas, withoutPaused } from '../mapping/check.ts';
import { type CompiledMapping, compileMapping } from '../mapping/compile.ts';
import { AppError } from '../model/errors.ts';
import type { MappingProblem } from '../model/mapping.ts';
import type { ProfileKind, ScoringProfile } from '../model/profile.ts';
import type { ConnectionOutputs, OptionOrders } from '../model/push.ts';
import type { FieldSchema } from '../model/records.ts';
import type { ConnectionId, RunId } from '../model/values.ts';
import { PermissionError } from '../connector-sdk/errors.ts';
import { compileProfile, isTimeDependent } from '../scoring/compile.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../scoring/defaults.ts';
import { defaultFullPassHours } from './lanes.ts';
import type { ConnectionRules, Pipeline, ScoringContext } from './pipeline.ts';

export interface Prepared {
  readonly pipeline: Pipeline;
  /** Kinds whose profile has changed since all were scored, or whose scores time alone has changed. */
  readonly rescoresDue: readonly ProfileKind[];
  readonly problems: readonly MappingProblem[];
}

/**
 * Loads everything that a run works with, once: mappings, profile, the CRM's live fields. A mapped field that the CRM does
 * not have (any more) is paused and named in `problems`; the rest goes on.
 */
export async function prepare(session: Session, runId: RunId, signal: AbortSignal): Promise<Prepared> {
  const { connection, definition, orgId } = session;
  await pinAccount(session, await session.connector.account(signal));
  const rules = await session.database.transaction(orgId, readRules);
  const own = rules.connections.find(({ id }) => id === connection.id);
  const mappingVersion = own?.version ?? 0;
  const wanted = compileMapping(own?.definition ?? definition.defaultMapping);
  const { schemas, problems } = await holdAgainstCrm(session, wanted, signal);
  const mapping = withoutPaused(wanted, problems);
  const orders = optionOrders(mapping, schemas);
  // Other connections of the organisation plan writes with these orders, without asking this CRM.
  await session.cache.through('leadloop:option-orders', ordersAgeMs, async () => orders);
  const context = scoringContext(rules, { orgId, runId, at: session.now() }, session.definitions);
  const connections = new Map(context.connections).set(connection.id, { kind: connection.kind, mapping });
  const outputs = context.outputs.filter((one) => one.connectionId !== connection.id);
  return {
    problems,
    rescoresDue: rules.profiles.filter((profile) => isRescoreDue(profile, session.now())).map(({ kind }) => kind),
    pipeline: {
      ...context,
      connections,
      outputs: [...outputs, outputsOf({ connectionId: connection.id, mappingVersion }, mapping, orders)],
      connectionId: connection.id,
      mapping,
      mappingVersion,
      newLeadId: session.newId,
    },
  };
}

/** What in a mapping of this connection does not fit the fields that the CRM has now. */
export async function holdAgainstCrm(session: Session, mapping: CompiledMapping, signal: AbortSignal): Promise<Held> {
  const fullPassHours = session.connection.settings.pull?.fullPassHours ?? defaultFullPassHours;
  return checkFields(session, mapping, { fullPassHours, signal });
}

interface Held extends Pick<Prepared, 'problems'> {
  readonly schemas: ObjectSchemas;
}

/** Holds a mapping against the fields that the CRM has now, also for a connection that is not stored yet. */
export async function checkFields(
  { connector, definition }: Pick<Session, 'connector' | 'definition'>,
  wanted: CompiledMapping,
  { fullPassHours, signal }: { readonly fullPassHours: number; readonly signal: AbortSignal },
): Promise<Held> {
  const schemas = await describeAll(connector, [...wanted.objects.keys()], signal);
  const problems = checkMapping(wanted, schemas, { fullPassHours });
  return { schemas, problems: problems.filter((problem) => !isOurs(definition, problem)) };
}

/** Scores that decay are a day old at most. */
const decayedAfterMs = 86_400_000;

function isRescoreDue({ profile, rescoredAt }: StoredRules['profiles'][number], now: Date): boolean {
  return rescoredAt === null || (isTimeDependent(profile) && now.getTime() - rescoredAt.getTime() >= decayedAfterMs);
}

/**
 * Remembers the CRM account of the first run and refuses any other one: there the same ids are other people.
 * @throws AppError `account-changed` (fix-config)
 */
async function pinAccount({ database, orgId, connection }: Session, accountId: string): Promise<void> {
  const known = await database.transaction(orgId, (tx) => rememberAccount(tx, connection.id, accountId));
  if (known === accountId) return;
  throw new AppError(
    'account-changed',
    `"${connection.name}" belongs to account ${known}; these credentials to ${accountId}.`,
    {
      recovery: 'fix-config',
      remedy: 'Give this connection the credentials of its own account, or make a new connection for the other one.',
    },
  );
}

const ordersAgeMs = 3_600_000;

/** What scoring needs, from the stored rules alone: rescoring asks no CRM. */
export function scoringContext(
  rules: StoredRules,
  run: Pick<ScoringContext, 'orgId' | 'runId' | 'at'>,
  definitions: readonly ConnectorDefinition[],
): ScoringContext {
  const connections = new Map<ConnectionId, ConnectionRules>();
  const outputs: ConnectionOutputs[] = [];
  for (const { id, kind, version, definition, orders } of rules.connections) {
    const mapping = definition ?? definitions.find((one) => one.kind === kind)?.defaultMapping;
    if (mapping === undefined) continue;
    const compiled = compileMapping(mapping);
    connections.set(id, { kind, mapping: compiled });
    outputs.push(outputsOf({ connectionId: id, mappingVersion: version ?? 0 }, compiled, orders ?? {}));
  }
  const mql = activeProfile(rules, 'mql', defaultMqlProfile);
  const plg = activeProfile(rules, 'plg', defaultPlgProfile);
  return { ...run, connections, outputs, profileVersion: mql.version, profile: mql.profile, plg };
}

/** The stored profile of a kind, or the default one, which has no version. */
export function activeProfile(rules: StoredRules, kind: ProfileKind, fallback: ScoringProfile): ScoringContext['plg'] {
  const stored = rules.profiles.find((one) => one.kind === kind);
  if (stored === undefined) return { profile: compileProfile(fallback), version: null };
  return { profile: compileProfile({ ...stored.profile, version: stored.version }), version: stored.version };
}

type ObjectOrders = Readonly<Record<string, OptionOrders>>;

function outputsOf(
  source: Pick<ConnectionOutputs, 'connectionId' | 'mappingVersion'>,
  mapping: CompiledMapping,
  orders: ObjectOrders,
): ConnectionOutputs {
  const writing = [...mapping.objects].filter(([, { out }]) => out.length > 0);
  return {
    ...source,
    objects: Object.fromEntries(
      writing.map(([object, { out }]) => [object, { rules: out, orders: orders[object] ?? {} }]),
    ),
  };
}

async function describeAll(
  connector: Session['connector'],
  objects: readonly string[],
  signal: AbortSignal,
): Promise<Record<string, readonly FieldSchema[]>> {
  const schemas: Record<string, readonly FieldSchema[]> = {};
  for (const object of objects) {
    try {
      schemas[object] = await connector.describe(object, signal);
    } catch (error) {
      // The check names the object as unreadable and pauses its fields; anything else ends the run.
      if (!(error instanceof PermissionError)) throw error;
    }
  }
  return schemas;
}

function optionOrders(mapping: CompiledMapping, schemas: ObjectSchemas): ObjectOrders {
  const ordered = [...mapping.objects].map(([object, { out }]) => {
    const fields = out.filter((rule) => rule.write === 'forward').map((rule) => rule.to);
    const options = (schemas[object] ?? []).filter(({ name }) => fields.includes(name));
    return [object, Object.fromEntries(options.map(({ name, options }) => [name, options]))] as const;
  });
  return Object.fromEntries(ordered);
}

/** A field of ours that is not there yet is no problem: the first push creates it. */
function isOurs(definition: ConnectorDefinition, problem: MappingProblem): boolean {
  const owned = definition.ownedFields[problem.object] ?? [];
  return (
    problem.direction === 'out' && problem.code === 'missing-field' && owned.some(({ name }) => name === problem.field)
  );
}

/** Puts a mapping in force as `leadloop apply` would: the same plan, the same rows, the same words in the audit log. */
import { alone } from '../config/alone.ts';
import { type Change, planApply, type StoredConnection, type StoredOrg } from '../config/apply.ts';
import { completePull, completePush, completeQuota, defaultTimezone } from '../config/defaults.ts';
import type { ConnectionSettings, OrgSettings } from '../config/settings.ts';
import { readStored } from '../config/stored.ts';
import { writeOrg } from '../config/write-org.ts';
import type { SessionServices } from '../connection.ts';
import { deleteDraft, lockDraft } from '../db/queries/drafts.ts';
import type { Tx } from '../db/tx.ts';
import { AppError } from '../model/errors.ts';
import type { DefinitionProblem, MappingDefinition, MappingProblem } from '../model/mapping.ts';
import type { DraftCheck } from './check-draft.ts';
import { openMappingIn, type Place } from './open-mapping.ts';

export interface Publication extends Place {
  readonly definition: MappingDefinition;
  /** The version that is in force as far as whoever publishes knows. */
  readonly version: number;
  /** The revision of the draft that this is, which is then done with; 0 = there is none. Null = a draft that there may be stays. */
  readonly draft: number | null;
  readonly actor: string;
}

/**
 * The number of the version that is now in force; a draft that was named is done with. What is the same already gets no further version.
 * @throws AppError `version-stale`, `mapping-invalid` (fix-config), `apply-busy` (retry)
 */
export async function publishMapping(
  services: Pick<SessionServices, 'database' | 'definitions' | 'sealer' | 'now'>,
  { orgId, connection, definition, version, draft, actor }: Publication,
): Promise<number> {
  const publish = async (tx: Tx): Promise<number> => {
    const before = await openMappingIn(tx, services, connection);
    if (before.version !== version) throw staleMapping();
    const stored = draft === null ? null : await lockDraft(tx, { subject: 'mapping', name: connection });
    if (draft !== null && (stored?.revision ?? 0) !== draft) throw staleMapping();
    const current = await readStored(tx);
    if (current === null) throw new Error('the organisation is not there any more');
    const { wanted, changes } = planMapping(current, connection, definition);
    const work = { id: orgId, current, wanted, credentials: new Map(), addresses: new Map() };
    await writeOrg(tx, { work, changes, sealer: services.sealer, actor, now: services.now() });
    if (draft !== null) await deleteDraft(tx, { subject: 'mapping', name: connection });
    return (await openMappingIn(tx, services, connection)).version;
  };
  return alone(services.database, () => services.database.transaction(orgId, publish));
}

/** PURE. The plan of an apply that names this connection as it is, with another mapping. */
function planMapping(
  current: StoredOrg,
  name: string,
  mapping: MappingDefinition,
): { readonly wanted: OrgSettings; readonly changes: readonly Change[] } {
  const connections = current.connections
    .filter((one) => one.name === name)
    .map((one) => ({ ...settingsOf(one), mapping }));
  const wanted = { slug: current.slug, name: current.name, connections, sources: [], profiles: [], examples: [] };
  const changes = planApply(current, wanted, () => 'same');
  return { wanted, changes: changes.filter(({ subject }) => subject === 'mapping') };
}

function settingsOf(stored: StoredConnection): ConnectionSettings {
  const { name, kind, baseUrl, schedule, quota, push, settings } = stored;
  return {
    name,
    kind,
    baseUrl,
    schedule,
    credentials: settings.credentials ?? {},
    quota: completeQuota(quota),
    push: completePush(push),
    options: {
      connector: settings.connector ?? {},
      timezone: settings.timezone ?? defaultTimezone,
      pull: completePull(settings.pull),
    },
    mapping: null,
  };
}

/** @throws AppError `mapping-invalid` (fix-config) where the connection would stop with it. */
export function refuseUnsound({ mistakes, problems }: DraftCheck, required: readonly string[]): void {
  const stopping = (problems ?? []).filter(({ code, object }) => code === 'unreadable' && required.includes(object));
  const faults = [...mistakes.map(ofMistake), ...new Set(stopping.map(ofProblem))];
  if (faults.length === 0) return;
  const more = faults.length > shown ? `, and ${faults.length - shown} more` : '';
  throw new AppError('mapping-invalid', `It cannot be published: ${faults.slice(0, shown).join('; ')}${more}.`, {
    recovery: 'fix-config',
    remedy: 'Mend what is named; the check of the draft says how.',
  });
}

/** Of as many faults as one message can say. */
const shown = 3;

function ofMistake({ path, message }: DefinitionProblem): string {
  return `${path}: ${message}`;
}

function ofProblem({ message }: MappingProblem): string {
  return message;
}

export function staleMapping(): AppError {
  return new AppError('version-stale', 'Somebody else has changed it meanwhile.', {
    recovery: 'fix-config',
    remedy: 'Load it again, look at what has changed, and save your own changes on top.',
  });
}

/** The scoring profiles of an organisation: what is in force, its versions, and what somebody is editing. */
import { type Difference, differences } from '../config/differences.ts';
import { readProfileValue } from '../config/load-profiles.ts';
import { formatProfile } from '../config/export.ts';
import {
  deleteDraft,
  type DraftKey,
  type DraftRow,
  lockDraft,
  readDraft as readStoredDraft,
  saveDraft as storeDraft,
} from '../db/queries/drafts.ts';
import { type ProfileVersion, readActiveProfile, readProfileVersion } from '../db/queries/profile-versions.ts';
import { writeAudit } from '../db/queries/write-audit.ts';
import type { Database, Tx } from '../db/tx.ts';
import { AppError } from '../model/errors.ts';
import type { DefinitionProblem } from '../model/mapping.ts';
import type { ProfileKind, ScoringProfile } from '../model/profile.ts';
import type { OrgId } from '../model/values.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../scoring/defaults.ts';

export interface EditorServices {
  readonly database: Database;
  readonly now: () => Date;
}

/** Who edits, and where. */
export interface Editing {
  readonly orgId: OrgId;
  readonly actor: string;
  readonly kind: ProfileKind;
}

/** What scores at present. */
export interface LiveProfile {
  /** 0 = none is stored, and the default one scores. */
  readonly version: number;
  readonly profile: ScoringProfile;
  readonly publishedAt: Date | null;
  /** Null = scores of an older version may still stand. */
  readonly rescoredAt: Date | null;
}

const defaults: Readonly<Record<ProfileKind, ScoringProfile>> = { mql: defaultMqlProfile, plg: defaultPlgProfile };

export async function liveProfile(tx: Tx, kind: ProfileKind): Promise<LiveProfile> {
  const stored = await readActiveProfile(tx, kind);
  if (stored === null) return { version: 0, profile: defaults[kind], publishedAt: null, rescoredAt: null };
  const { version, profile, createdAt, rescoredAt } = stored;
  return { version, profile: numbered(profile, version), publishedAt: createdAt, rescoredAt };
}

/** A profile that was stored before there were suggestions has no such key. */
function numbered(profile: ScoringProfile, version: number): ScoringProfile {
  return { ...profile, version, action: profile.action ?? null };
}

export function draftOf(kind: ProfileKind): DraftKey {
  return { subject: 'profile', name: kind };
}

/** A draft beside what is in force. */
export interface ProfileDraft extends DraftRow<object> {
  readonly problems: readonly DefinitionProblem[];
  readonly differences: readonly Difference[];
}

/** Null = nobody is editing it. */
export async function readDraft({ database }: EditorServices, { orgId, kind }: Editing): Promise<ProfileDraft | null> {
  return database.transaction(orgId, async (tx) => {
    const draft = await readStoredDraft<object>(tx, draftOf(kind));
    return draft === null ? null : judged(draft, await liveProfile(tx, kind));
  });
}

/**
 * Keeps what somebody is editing, half-finished or not; null = the draft has another revision by now. `revision`: of the draft that
 * it replaces, 0 = there was none.
 * @throws AppError `profile-invalid` (fix-config)
 */
export async function saveDraft(
  { database, now }: EditorServices,
  { orgId, actor, kind }: Editing,
  { definition, revision }: { readonly definition: object; readonly revision: number },
): Promise<ProfileDraft | null> {
  if (kindOf(definition) !== kind) throw otherKind(kind);
  const read = readProfileValue(definition);
  if ('problems' in read && read.problems.some(({ path }) => path === '')) throw new ProfileInvalid(read.problems);
  return database.transaction(orgId, async (tx) => {
    const live = await liveProfile(tx, kind);
    const before = await readStoredDraft(tx, draftOf(kind));
    const began = live.version === 0 ? null : live.version;
    const basedOn = before === null ? began : before.basedOn;
    const saved = await storeDraft(tx, draftOf(kind), { definition, basedOn, revision, by: actor, at: now() });
    if (saved === null) return null;
    if (revision === 0) await writeAudit(tx, { actor, action: 'profile.draft', subject: kind, at: now() });
    return judged(saved, live);
  });
}

function kindOf(definition: object): unknown {
  return 'kind' in definition ? definition.kind : undefined;
}

function judged(draft: DraftRow<object>, live: LiveProfile): ProfileDraft {
  const read = readProfileValue(draft.definition);
  const definition = 'profile' in read ? read.profile : draft.definition;
  return {
    ...draft,
    problems: 'problems' in read ? read.problems : [],
    differences: differences(unversioned(live.profile), unversioned(definition)),
  };
}

/** The version numbers a change; it is no part of what may have changed. */
function unversioned(profile: unknown): object {
  const { version: _version, ...rest } = profile as { readonly version?: unknown };
  return rest;
}

/**
 * False = the draft has another revision by now, and stays.
 * @throws AppError `draft-unknown` (fix-config)
 */
export async function discardDraft(
  { database, now }: EditorServices,
  { orgId, actor, kind }: Editing,
  revision: number,
): Promise<boolean> {
  return database.transaction(orgId, async (tx) => {
    const draft = await lockDraft(tx, draftOf(kind));
    if (draft === null) throw unknownDraft(kind);
    if (draft.revision !== revision) return false;
    await deleteDraft(tx, draftOf(kind));
    await writeAudit(tx, { actor, action: 'profile.discard', subject: kind, at: now() });
    return true;
  });
}

/** A version with how it differs from what is in force, and as a file of its own. */
export interface ExplainedVersion extends ProfileVersion {
  readonly profile: ScoringProfile;
  readonly differences: readonly Difference[];
  readonly yaml: string;
}

/** @throws AppError `profile-version-unknown` (fix-config) */
export async function explainVersion(
  { database }: EditorServices,
  { orgId, kind }: Pick<Editing, 'orgId' | 'kind'>,
  version: number,
): Promise<ExplainedVersion> {
  return database.transaction(orgId, async (tx) => {
    const found = await readProfileVersion(tx, kind, version);
    if (found === null) throw unknownVersion(kind, version);
    const live = await liveProfile(tx, kind);
    const profile = numbered(found.profile, version);
    return {
      ...found,
      profile,
      differences: differences(unversioned(live.profile), unversioned(profile)),
      yaml: formatProfile(profile),
    };
  });
}

/** @throws AppError `profile-invalid` (fix-config) */
export function soundProfile(kind: ProfileKind, definition: unknown): ScoringProfile {
  const read = readProfileValue(definition);
  if ('problems' in read) throw new ProfileInvalid(read.problems);
  if (read.profile.kind !== kind) throw otherKind(kind);
  return read.profile;
}

/** Everything that is wrong with a profile, each at its place. */
class ProfileInvalid extends AppError {
  readonly errors: readonly { readonly path: string; readonly message: string }[];

  constructor(problems: readonly DefinitionProblem[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super('profile-invalid', `The profile has ${count}.`, {
      recovery: 'fix-config',
      remedy: 'Mend what is listed; nothing has been changed.',
    });
    this.errors = problems.map(({ path, message, remedy }) => ({ path, message: `${message}. ${remedy}` }));
  }
}

function otherKind(kind: ProfileKind): ProfileInvalid {
  return new ProfileInvalid([
    { path: 'kind', message: 'the profile is of another kind', remedy: `Send one with kind: ${kind}.` },
  ]);
}

export function unknownDraft(kind: ProfileKind): AppError {
  return new AppError('draft-unknown', `Nobody is editing the profile "${kind}".`, {
    recovery: 'fix-config',
    remedy: 'Save a draft first; if there was one, it was published or discarded meanwhile.',
  });
}

function unknownVersion(kind: ProfileKind, version: number): AppError {
  return new AppError('profile-version-unknown', `The profile "${kind}" has no version ${version}.`, {
    recovery: 'fix-config',
    remedy: 'Choose one of its list of versions.',
  });
}

/** PURE. What the scoring editor knows, in the forms of the API. */
import type { DraftRow } from '../../../db/queries/drafts.ts';
import type { ProfileVersion } from '../../../db/queries/profile-versions.ts';
import type { ScoringProfile } from '../../../model/profile.ts';
import type { ScoreBreakdown } from '../../../model/score.ts';
import type { PreviewPage } from '../../../scoring-editor/preview.ts';
import type { LiveProfile as Live, ProfileDraft as Draft } from '../../../scoring-editor/profiles.ts';
import type { TwoReceipts as Scores } from '../../../scoring-editor/receipt.ts';
import type { ComparedPerson, Crossing } from '../../../scoring/compare.ts';
import { plgScoreFact, plgTierFact, scoreFact } from '../../../scoring/compile.ts';
import { knownFacts } from '../../../scoring/known-facts.ts';
import type {
  LiveProfile,
  Preview,
  PreviewedPerson,
  ProfileDefinition,
  ProfileDraft,
  ProfileSummary,
  Receipt,
  TwoReceipts,
  VersionRow,
} from './schemas.ts';

export function summaryForm({ profile, ...live }: Live, draft: DraftRow<object> | null): ProfileSummary {
  const { kind, name, components, triggers } = profile;
  return {
    kind,
    name,
    version: live.version,
    publishedAt: live.publishedAt?.toISOString() ?? null,
    rescoredAt: live.rescoredAt?.toISOString() ?? null,
    components: components.length,
    rules: components.reduce((sum, { rules }) => sum + rules.length, 0),
    triggers: triggers.length,
    draft: draft === null ? null : headOf(draft),
  };
}

function headOf({ revision, basedOn, updatedBy, updatedAt }: DraftRow<object>) {
  return { revision, basedOn, updatedBy, updatedAt: updatedAt.toISOString() };
}

export function liveForm({ version, profile, publishedAt, rescoredAt }: Live): LiveProfile {
  const { kind } = profile;
  const { list, isDated } = knownFacts(kind);
  return {
    kind,
    version,
    publishedAt: publishedAt?.toISOString() ?? null,
    rescoredAt: rescoredAt?.toISOString() ?? null,
    profile,
    facts: list.map((name) => ({ name, isDated: isDated(name) })),
    triggerFacts: [scoreFact],
    lineFacts: [plgScoreFact, plgTierFact],
  };
}

export function draftForm({ definition, problems, differences, ...draft }: Draft): ProfileDraft {
  return {
    ...headOf({ ...draft, definition }),
    profile: definition as ProfileDefinition,
    problems: [...problems],
    differences,
  };
}

export function versionForm({ version, name, isActive, createdAt, rescoredAt }: ProfileVersion): VersionRow {
  return {
    version,
    name,
    isActive,
    createdAt: createdAt.toISOString(),
    rescoredAt: rescoredAt?.toISOString() ?? null,
  };
}

export function previewForm(page: PreviewPage): Preview {
  const person = ({ leadId, name, before, after }: ComparedPerson): PreviewedPerson => {
    const named = leadId === null ? undefined : page.names.get(leadId);
    return {
      leadId,
      name: named?.name ?? name,
      email: named?.email ?? null,
      companyName: named?.companyName ?? null,
      before: before.total,
      after: after.total,
    };
  };
  const crossing = ({ count, people }: Crossing) => ({ count, people: people.map(person) });
  const { scored, total, next, changed, records } = page;
  return {
    scored,
    total,
    next,
    changed,
    records,
    before: [...page.before],
    after: [...page.after],
    tiers: [...page.tiers],
    becomeMql: crossing(page.becomeMql),
    wouldNotBeMql: crossing(page.wouldNotBeMql),
    movers: page.movers.map(person),
    atMost: page.atMost,
  };
}

export function receiptsForm({ lead, scores }: Scores, draft: ScoringProfile): TwoReceipts {
  if (scores === null) return { lead, live: null, draft: null };
  return { lead, live: receiptOf(scores.live, scores.profile), draft: receiptOf(scores.draft, draft) };
}

function receiptOf(breakdown: ScoreBreakdown, { triggers }: ScoringProfile): Receipt {
  const { total, tier, segment, mqlBy, confidence, action, reason, components, contributions } = breakdown;
  return {
    total,
    tier,
    segment,
    mqlBy: triggers.filter(({ id }) => mqlBy.includes(id)).map(({ label }) => label),
    confidence,
    action,
    reason,
    components: [...components],
    lines: [...contributions],
  };
}

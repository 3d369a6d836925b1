import { findLead } from '../../../db/queries/find-lead.ts';
import { countPeople, nameLeads, searchScoredLeads } from '../../../db/queries/preview-people.ts';
import { inBackground } from '../../../db/queries/in-background.ts';
import { readDraft as readStoredDraft } from '../../../db/queries/drafts.ts';
import { listProfileVersions } from '../../../db/queries/profile-versions.ts';
import { type ProfileKind, profileKinds } from '../../../model/profile.ts';
import type { OrgId } from '../../../model/values.ts';
import { previewPage } from '../../../scoring-editor/preview.ts';
import {
  discardDraft,
  draftOf,
  explainVersion,
  liveProfile as readLive,
  readDraft,
  saveDraft,
  soundProfile,
} from '../../../scoring-editor/profiles.ts';
import { publishDraft } from '../../../scoring-editor/publish.ts';
import { readTests, runTests, saveTests } from '../../../scoring-editor/tests.ts';
import { twoReceipts as compareReceipts } from '../../../scoring-editor/receipt.ts';
import { callerOf } from '../admit.ts';
import { staleVersion, versionIn } from '../if-match.ts';
import { keepSlow } from '../keep-slow.ts';
import { pageOf, wholeKey } from '../paging.ts';
import type { Routes } from '../routes.ts';
import { draftForm, liveForm, previewForm, receiptsForm, summaryForm, versionForm } from './answers.ts';
import { documents } from './documents.ts';
import {
  type DraftAnswer,
  type ExplainedVersion,
  explainedVersion,
  type FoundLeads,
  type LiveProfile,
  liveProfile,
  type Preview,
  preview,
  profileDraft,
  type ProfileDraft,
  type ProfileList,
  profileSummary,
  type Published,
  receiptForm,
  type SavedTests,
  type TestList,
  type TestResults,
  type TwoReceipts,
  type VersionPage,
} from './schemas.ts';

const path = '/v1/orgs/:org/profiles';
const read = { access: 'read' } as const;
const admin = { access: 'admin' } as const;

/** /api/v1/orgs/ORG/profiles */
export const profileRoutes: Routes = (app, context) => {
  for (const form of [profileSummary, liveProfile, profileDraft, explainedVersion, preview, receiptForm]) {
    app.addSchema(form);
  }
  inForce(app, context);
  drafts(app, context);
  previews(app, context);
  tests(app, context);
};

const inForce: Routes = (app, { services }) => {
  const { database } = services;
  app.get(path, { config: read, schema: documents.list }, async (request): Promise<ProfileList> => {
    const { orgId } = callerOf(request);
    const profiles = await database.transaction(orgId, async (tx) => {
      const rows = [];
      for (const kind of profileKinds)
        rows.push(summaryForm(await readLive(tx, kind), await readStoredDraft<object>(tx, draftOf(kind))));
      return rows;
    });
    return { profiles };
  });
  app.get(`${path}/:kind`, { config: read, schema: documents.live }, async (request): Promise<LiveProfile> => {
    const { kind } = request.params;
    return liveForm(await database.transaction(callerOf(request).orgId, (tx) => readLive(tx, kind)));
  });
  app.get(
    `${path}/:kind/versions`,
    { config: read, schema: documents.versions },
    async (request): Promise<VersionPage> => {
      const { limit = 50, after } = request.query;
      const wish = { kind: request.params.kind, before: wholeKey(after), limit: limit + 1 };
      const rows = await database.transaction(callerOf(request).orgId, (tx) => listProfileVersions(tx, wish));
      const { items, next } = pageOf(rows, limit, ({ version }) => String(version));
      return { versions: items.map(versionForm), next };
    },
  );
  app.get(
    `${path}/:kind/versions/:version`,
    { config: read, schema: documents.version },
    async (request): Promise<ExplainedVersion> => {
      const { kind, version } = request.params;
      const { profile, differences, yaml, ...row } = await explainVersion(
        services,
        { orgId: callerOf(request).orgId, kind },
        version,
      );
      return { ...versionForm(row), profile, differences, yaml };
    },
  );
};

const drafts: Routes = (app, { services }) => {
  app.get(`${path}/:kind/draft`, { config: admin, schema: documents.draft }, async (request): Promise<DraftAnswer> => {
    const draft = await readDraft(services, { ...callerOf(request), kind: request.params.kind });
    return { draft: draft === null ? null : draftForm(draft) };
  });
  app.put(`${path}/:kind/draft`, { config: admin, schema: documents.save }, async (request): Promise<ProfileDraft> => {
    const { kind } = request.params;
    const wish = { definition: request.body.profile, revision: versionIn(request) };
    const saved = await saveDraft(services, { ...callerOf(request), kind }, wish);
    if (saved === null) throw staleVersion();
    return draftForm(saved);
  });
  app.delete(`${path}/:kind/draft`, { config: admin, schema: documents.discard }, async (request, reply) => {
    const editing = { ...callerOf(request), kind: request.params.kind };
    if (!(await discardDraft(services, editing, versionIn(request)))) throw staleVersion();
    return reply.code(204).send();
  });
  app.post(
    `${path}/:kind/publish`,
    { config: admin, schema: documents.publish },
    async (request): Promise<Published> => {
      const { kind } = request.params;
      const { revision, despiteTests = false } = request.body;
      const wish = { revision, despiteTests, version: versionIn(request) };
      const done = await publishDraft(services, { ...callerOf(request), kind }, wish);
      if (done === null) throw staleVersion();
      return { version: done.version };
    },
  );
};

const tests: Routes = (app, { services }) => {
  const at = `${path}/:kind/tests`;
  app.get(at, { config: read, schema: documents.tests }, async (request): Promise<TestList> => {
    return readTests(services, { ...callerOf(request), kind: request.params.kind });
  });
  app.put(at, { config: admin, schema: documents.saveTests }, async (request): Promise<SavedTests> => {
    const wish = { tests: request.body.tests, revision: versionIn(request) };
    const revision = await saveTests(services, { ...callerOf(request), kind: request.params.kind }, wish);
    if (revision === null) throw staleVersion();
    return { revision };
  });
  app.post(`${at}/results`, { config: admin, schema: documents.runTests }, async (request): Promise<TestResults> => {
    const profile = soundProfile(request.params.kind, request.body.profile);
    return { results: [...runTests(profile, request.body.tests, services.now())] };
  });
};

const foundLimit = 20;
/** Each keystroke in the editor asks how many there are. */
const keptTimes = 100;

const previews: Routes = (app, { services }) => {
  const keep = keepSlow<number>({ times: keptTimes });
  const countOf = (orgId: OrgId, kind: ProfileKind): Promise<number | null> =>
    keep(`${orgId} ${kind}`, () =>
      services.database.transaction(orgId, async (tx) => {
        await inBackground(tx);
        return countPeople(tx, kind);
      }),
    );
  app.post(`${path}/:kind/preview`, { config: admin, schema: documents.preview }, async (request): Promise<Preview> => {
    const { kind } = request.params;
    const { profile, limit = 1_000, after = null } = request.body;
    const draft = soundProfile(kind, profile);
    const { orgId } = callerOf(request);
    const wish = { draft, limit, after, countAll: () => countOf(orgId, kind) };
    return previewForm(await previewPage(services, { ...callerOf(request), kind }, wish));
  });
  app.post(
    `${path}/:kind/receipt`,
    { config: admin, schema: documents.receipt },
    async (request): Promise<TwoReceipts> => {
      const { kind } = request.params;
      const { profile, leadId } = request.body;
      const draft = soundProfile(kind, profile);
      return receiptsForm(await compareReceipts(services, { ...callerOf(request), kind }, { draft, leadId }), draft);
    },
  );
  app.get(`${path}/:kind/leads`, { config: admin, schema: documents.leads }, async (request): Promise<FoundLeads> => {
    const words = request.query.q?.trim() ?? '';
    return services.database.transaction(callerOf(request).orgId, async (tx) => {
      const exact = words === '' ? null : await findLead(tx, words);
      const named = exact === null ? [] : [...(await nameLeads(tx, [exact])).values()];
      const others = await searchScoredLeads(tx, words, foundLimit);
      return { leads: [...named, ...others.filter(({ id }) => id !== exact)].slice(0, foundLimit) };
    });
  });
};

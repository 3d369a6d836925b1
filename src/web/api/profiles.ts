import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  DraftAnswer,
  ExplainedVersion,
  FoundLeads,
  LiveProfile,
  Preview,
  ProfileDefinition,
  ProfileDraft,
  ProfileKind,
  ProfileList,
  Published,
  TwoReceipts,
  VersionPage,
} from '../../http/api/profiles/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

export function useProfiles() {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'profiles'],
    queryFn: async ({ signal }) => (await call<ProfileList>(`${path}/profiles`, { signal })).profiles,
  });
}

export function useLiveProfile(kind: ProfileKind) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'profiles', kind, 'live'],
    queryFn: ({ signal }) => call<LiveProfile>(`${path}/profiles/${kind}`, { signal }),
  });
}

/** `isAllowed`: only admins see drafts. */
export function useProfileDraft(kind: ProfileKind, isAllowed: boolean) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'profiles', kind, 'draft'],
    enabled: isAllowed,
    queryFn: async ({ signal }) => (await call<DraftAnswer>(`${path}/profiles/${kind}/draft`, { signal })).draft,
  });
}

export interface DraftSave {
  readonly profile: ProfileDefinition;
  /** Of the draft that it replaces; 0 = there was none. */
  readonly revision: number;
}

export function useSaveDraft(kind: ProfileKind) {
  const { path } = useOrg();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ profile, revision }: DraftSave) =>
      call<ProfileDraft>(`${path}/profiles/${kind}/draft`, { method: 'PUT', body: { profile }, version: revision }),
    onSuccess: (saved) => client.setQueryData([path, 'profiles', kind, 'draft'], saved),
  });
}

export function useDiscardDraft(kind: ProfileKind) {
  const { path } = useOrg();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (revision: number) =>
      call<undefined>(`${path}/profiles/${kind}/draft`, { method: 'DELETE', version: revision }),
    onSuccess: () => client.setQueryData([path, 'profiles', kind, 'draft'], null),
    onSettled: () => client.invalidateQueries({ queryKey: [path, 'profiles'], exact: true }),
  });
}

export interface PublishOf {
  /** Of the draft that was looked at. */
  readonly revision: number;
  /** In force. */
  readonly version: number;
  readonly despiteTests: boolean;
}

/** The profile itself is asked for anew by the desk that shows it. */
export function usePublish(kind: ProfileKind) {
  const { path } = useOrg();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ version, ...body }: PublishOf) =>
      call<Published>(`${path}/profiles/${kind}/publish`, { method: 'POST', body, version }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: [path, 'profiles'], exact: true });
      void client.invalidateQueries({ queryKey: [path, 'profiles', kind, 'versions'] });
    },
  });
}

/** `stamp`: tells one profile from the next, so that each is asked about once. */
export function usePreview(kind: ProfileKind, profile: ProfileDefinition, stamp: string | null) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'profiles', kind, 'preview', stamp],
    enabled: stamp !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call<Preview>(`${path}/profiles/${kind}/preview`, { method: 'POST', body: { profile }, signal }),
    refetchInterval: (query) => (isCounting(query.state.data) ? countingMs : false),
  });
}

/** There are more than the sample, and nobody knows yet how many. */
function isCounting(preview: Preview | undefined): boolean {
  return preview !== undefined && preview.total === null && preview.next !== null;
}

/** A million are counted in about a second. */
const countingMs = 1_000;

/** One page of the preview of everybody. */
export function usePreviewPages(kind: ProfileKind) {
  const { path } = useOrg();
  return (profile: ProfileDefinition, after: string | null, signal: AbortSignal) =>
    call<Preview>(`${path}/profiles/${kind}/preview`, {
      method: 'POST',
      body: { profile, limit: 5_000, ...(after !== null && { after }) },
      signal,
    });
}

export function useFoundLeads(kind: ProfileKind, words: string) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'profiles', kind, 'leads', words],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await call<FoundLeads>(`${path}/profiles/${kind}/leads`, { query: { q: words }, signal })).leads,
  });
}

export interface ReceiptQuery {
  readonly profile: ProfileDefinition;
  /** As of a preview. */
  readonly stamp: string | null;
  readonly leadId: string | null;
}

export function useReceipts(kind: ProfileKind, { profile, stamp, leadId }: ReceiptQuery) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'profiles', kind, 'receipt', leadId, stamp],
    enabled: stamp !== null && leadId !== null,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call<TwoReceipts>(`${path}/profiles/${kind}/receipt`, { method: 'POST', body: { profile, leadId }, signal }),
  });
}

export function useVersions(kind: ProfileKind) {
  const { path } = useOrg();
  return useInfiniteQuery({
    queryKey: [path, 'profiles', kind, 'versions'],
    queryFn: ({ pageParam, signal }) =>
      call<VersionPage>(`${path}/profiles/${kind}/versions`, { query: { after: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}

export function useVersion(kind: ProfileKind, version: number) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'profiles', kind, 'versions', version],
    queryFn: ({ signal }) => call<ExplainedVersion>(`${path}/profiles/${kind}/versions/${version}`, { signal }),
  });
}

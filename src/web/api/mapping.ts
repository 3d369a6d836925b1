import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  Consequences,
  DraftForm,
  LiveFields,
  MappingAnswer,
  MappingCheck,
  MappingDifferences,
  MappingDrift,
  MappingForm,
  MappingPreview,
  MappingVersion,
  MappingVersions,
  PublishedVersion,
  SavedDraft,
} from '../../http/api/mapping/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

/** A CRM is asked for these: they need not be as fresh as what we hold ourselves. */
const liveMs = 5 * 60_000;

function usePlace(connection: string) {
  const { path } = useOrg();
  return { path: `${path}/connections/${encodeURIComponent(connection)}/mapping`, key: [path, 'mapping', connection] };
}

export function useMapping(connection: string) {
  const { path, key } = usePlace(connection);
  return useQuery({
    queryKey: [...key, 'now'],
    queryFn: ({ signal }) => call<MappingAnswer>(path, { signal }),
    // Somebody is editing: what comes from elsewhere is told when they save.
    refetchOnWindowFocus: false,
  });
}

export function useLiveFields(connection: string, object: string) {
  const { path, key } = usePlace(connection);
  return useQuery({
    queryKey: [...key, 'fields', object],
    queryFn: ({ signal }) => call<LiveFields>(`${path}/fields`, { query: { object }, signal }),
    enabled: object !== '',
    staleTime: liveMs,
    refetchOnWindowFocus: false,
  });
}

export function useDrift(connection: string) {
  const { path, key } = usePlace(connection);
  return useQuery({
    queryKey: [...key, 'drift'],
    queryFn: ({ signal }) => call<MappingDrift>(`${path}/drift`, { signal }),
    staleTime: liveMs,
    refetchOnWindowFocus: false,
  });
}

interface PreviewWish {
  readonly definition: MappingForm;
  readonly object: string;
  readonly search: string;
  readonly isWanted: boolean;
}

/** Shows what was there until the answer to the latest edit has come. */
export function usePreview(connection: string, { definition, object, search, isWanted }: PreviewWish) {
  const { path, key } = usePlace(connection);
  return useQuery({
    queryKey: [...key, 'preview', object, search, definition.objects[object], definition.counters],
    queryFn: async ({ signal }) => {
      const body = { definition, object, ...(search !== '' && { search }) };
      return (await call<MappingPreview>(`${path}/preview`, { method: 'POST', body, signal })).records;
    },
    enabled: isWanted && object !== '',
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
}

/** What the check says, and of what. */
export type CheckedMapping = MappingCheck & { readonly definition: MappingForm };

export function useMappingCheck(connection: string, definition: MappingForm, isWanted: boolean) {
  const { path, key } = usePlace(connection);
  return useQuery({
    queryKey: [...key, 'check', definition],
    queryFn: async ({ signal }): Promise<CheckedMapping> => {
      const answer = await call<MappingCheck>(`${path}/check`, { method: 'POST', body: { definition }, signal });
      return { ...answer, definition };
    },
    enabled: isWanted,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
}

/** Against the version that is in force: of another one they are asked for anew. */
export function useConsequences(
  { connection, version }: Pick<MappingAnswer, 'connection' | 'version'>,
  definition: MappingForm,
  isWanted: boolean,
) {
  const { path, key } = usePlace(connection);
  return useQuery({
    queryKey: [...key, 'consequences', version, definition],
    queryFn: ({ signal }) =>
      call<Consequences>(`${path}/consequences`, { method: 'POST', body: { definition }, signal }),
    enabled: isWanted,
    refetchOnWindowFocus: false,
  });
}

export function useMappingVersions(connection: string, isWanted: boolean) {
  const { path, key } = usePlace(connection);
  return useInfiniteQuery({
    queryKey: [...key, 'versions'],
    queryFn: ({ pageParam, signal }) =>
      call<MappingVersions>(`${path}/versions`, { query: { after: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    enabled: isWanted,
  });
}

export function useMappingVersion(connection: string, version: number | null) {
  const { path, key } = usePlace(connection);
  return useQuery({
    queryKey: [...key, 'version', version],
    queryFn: ({ signal }) => call<MappingVersion>(`${path}/versions/${version}`, { signal }),
    enabled: version !== null,
  });
}

export function useMappingDifferences(connection: string, pair: { readonly from: number; readonly to: number } | null) {
  const { path, key } = usePlace(connection);
  return useQuery({
    queryKey: [...key, 'differences', pair],
    queryFn: ({ signal }) =>
      call<MappingDifferences>(`${path}/versions/${pair?.from}/differences`, { query: { to: pair?.to }, signal }),
    enabled: pair !== null,
  });
}

function useMappingChange<Wish, Answer>(connection: string, change: (path: string, wish: Wish) => Promise<Answer>) {
  const { path, key } = usePlace(connection);
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish) => change(path, wish),
    onSuccess: async () => {
      // A CRM is asked for what else there is: nobody waits for that.
      void client.invalidateQueries({ queryKey: key, predicate: ({ queryKey }) => queryKey[key.length] !== 'now' });
      await client.invalidateQueries({ queryKey: [...key, 'now'] });
    },
  });
}

export const useSaveDraft = (connection: string) =>
  useMappingChange(connection, (path, { revision, ...body }: DraftForm & { readonly revision: number }) =>
    call<SavedDraft>(`${path}/draft`, { method: 'PUT', body, version: revision }),
  );

export const useDiscardDraft = (connection: string) =>
  useMappingChange(connection, (path, revision: number) =>
    call<undefined>(`${path}/draft`, { method: 'DELETE', version: revision }),
  );

interface PublishWish {
  readonly version: number;
  readonly definition: MappingForm;
  /** Of the draft that this is; 0 = there is none. */
  readonly revision: number;
}

export const usePublish = (connection: string) =>
  useMappingChange(connection, (path, { version, ...body }: PublishWish) =>
    call<PublishedVersion>(`${path}/publish`, { method: 'POST', body, version }),
  );

export const useRestore = (connection: string) =>
  useMappingChange(connection, (path, { version, restored }: { version: number; restored: number }) =>
    call<PublishedVersion>(`${path}/versions/${restored}/restore`, { method: 'POST', version }),
  );

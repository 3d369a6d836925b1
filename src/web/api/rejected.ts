import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { RejectedKind, RejectedKinds, RejectedPage, RejectedRecord } from '../../http/api/rejected/schemas.ts';
import type { AskedRun } from '../../http/api/runs/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

/** How often it is looked whether a worker has tried. */
const awaitedMs = 1_500;

export type KindKey = Pick<RejectedKind, 'of' | 'name' | 'object' | 'stage' | 'code' | 'field'>;

export function useRejectedKinds() {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'rejected', 'kinds'],
    queryFn: async ({ signal }) => (await call<RejectedKinds>(`${path}/rejected`, { signal })).kinds,
  });
}

/** `isExpected`: one of them is about to be tried again, and somebody waits for it. */
export function useRejectedRecords(kind: KindKey, isExpected: (record: RejectedRecord) => boolean) {
  const { path } = useOrg();
  return useInfiniteQuery({
    queryKey: [path, 'rejected', 'records', kind],
    // An empty field says "of the record as a whole", and is said.
    queryFn: ({ pageParam, signal }) =>
      call<RejectedPage>(`${path}/rejected/records?${textOf(kind, pageParam)}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ records }) => records.some(isExpected)) === true ? awaitedMs : false,
  });
}

function textOf({ of, name, object, stage, code, field }: KindKey, after: string | null = null): string {
  const query = new URLSearchParams({ of, name, object, stage, code, field });
  if (after !== null) query.set('after', after);
  return query.toString();
}

/** Where the browser loads the file from. */
export function useExportAddress(kind: KindKey): string {
  const { path } = useOrg();
  return `/api/v1${path}/rejected/export?${textOf(kind)}`;
}

export function useRetry() {
  const { path } = useOrg();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (connection: string) =>
      call<AskedRun>(`${path}/connections/${connection}/rejected/retry`, { method: 'POST' }),
    onSettled: () => client.invalidateQueries({ queryKey: [path, 'runs'] }),
  });
}

export function useRetryRecord() {
  const { path } = useOrg();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => call<AskedRun>(`${path}/rejected/records/${id}/retry`, { method: 'POST' }),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: [path, 'rejected', 'records'] });
      // Not together: of a row that is gone already, nobody would count the kinds once more.
      await client.invalidateQueries({ queryKey: [path, 'rejected', 'kinds'] });
    },
  });
}

/** Counts the kinds anew once nothing is awaited any more. */
export function useCountsAfter(isWaiting: boolean): void {
  const { path } = useOrg();
  const client = useQueryClient();
  useEffect(() => {
    if (!isWaiting) return undefined;
    return () => void client.invalidateQueries({ queryKey: [path, 'rejected', 'kinds'] });
  }, [isWaiting, client, path]);
}

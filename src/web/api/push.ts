import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { PlanPage, PushSummary } from '../../http/api/push/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

export interface PlanFilter {
  readonly tier: string | null;
  readonly owner: string | null;
  readonly field: string | null;
}

/** Each has some fields: more of them are no page that anybody reads. */
export const recordsOfPage = 25;
/** Changes of a million records are counted in about two seconds. */
const countingMs = 1_000;

export function usePushSummary(connection: string) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'push', connection, 'summary'],
    queryFn: ({ signal }) => call<PushSummary>(`${path}/connections/${connection}/push`, { signal }),
    refetchInterval: (query) => (query.state.data?.holds.some(({ kind }) => kind === 'counting') ? countingMs : false),
  });
}

export function usePushPlan(connection: string, filter: PlanFilter) {
  const { path } = useOrg();
  return useInfiniteQuery({
    queryKey: [path, 'push', connection, 'records', filter],
    queryFn: ({ pageParam, signal }) =>
      call<PlanPage>(`${path}/connections/${connection}/push/records`, {
        query: { ...filter, after: pageParam, limit: recordsOfPage },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
}

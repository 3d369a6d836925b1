import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AskedRun, RunDetail, RunPage, RunWishForm, Standing } from '../../http/api/runs/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

/** How often what is under way is asked about, in ms. */
const watchMs = 2_000;
/** And whether anything has begun meanwhile: by a schedule, or by somebody else. */
const idleMs = 10_000;

export interface RunFilter {
  readonly connection: string | null;
  readonly kind: string | null;
  readonly status: string | null;
  readonly looks: boolean;
}

/** `isAwaited`: somebody has asked for a run that has not begun yet. */
export function useRuns(filter: RunFilter, isAwaited: boolean) {
  const { path } = useOrg();
  return useInfiniteQuery({
    queryKey: [path, 'runs', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      call<RunPage>(`${path}/runs`, { query: { ...filter, looks: filter.looks || null, after: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => {
      const isRunning = state.data?.pages.some(({ runs }) => runs.some(({ endedAt }) => endedAt === null)) === true;
      return isRunning || isAwaited ? watchMs : idleMs;
    },
  });
}

export function useRun(id: string) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'runs', 'one', id],
    queryFn: ({ signal }) => call<RunDetail>(`${path}/runs/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.endedAt === null ? watchMs : false),
  });
}

export function useStanding() {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'standing'],
    queryFn: async ({ signal }) => (await call<Standing>(`${path}/standing`, { signal })).connections,
    refetchInterval: ({ state }) => (state.data?.some(({ runId }) => runId !== null) === true ? watchMs : idleMs),
  });
}

export interface RunOrder extends RunWishForm {
  readonly connection: string;
}

export function useAskRun() {
  const { path } = useOrg();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ connection, ...body }: RunOrder) =>
      call<AskedRun>(`${path}/connections/${connection}/runs`, { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: [path, 'runs'] }),
  });
}

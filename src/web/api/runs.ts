import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { AskedRun, Run, RunDetail, RunPage, RunWishForm, Standing } from '../../http/api/runs/schemas.ts';
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

export function useRuns(filter: RunFilter) {
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
      return isRunning ? watchMs : idleMs;
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

interface AskedRunView {
  /** Null = whichever comes first. */
  readonly kind: Run['kind'] | null;
  /** The key, within the organisation, of what is asked anew whenever the run has got on; the same array each time. */
  readonly shownIn: readonly string[];
}

/** The run that was asked for, whatever a list is filtered by, and until it has ended; null = it has not begun. */
export function useAskedRun(asked: AskedRun | null, { kind, shownIn }: AskedRunView): Run | null {
  const { path } = useOrg();
  const client = useQueryClient();
  const { data: run = null } = useQuery({
    queryKey: [path, 'runs', 'asked', asked, kind],
    enabled: asked !== null,
    queryFn: async ({ signal }) => {
      const query = { connection: asked?.connection ?? null, kind, limit: 1 };
      const { runs } = await call<RunPage>(`${path}/runs`, { query, signal });
      return runs.find(({ startedAt }) => startedAt >= (asked?.askedAt ?? '')) ?? null;
    },
    refetchInterval: ({ state }) => ((state.data?.endedAt ?? null) === null ? watchMs : false),
  });
  useEffect(() => {
    if (run !== null) void client.invalidateQueries({ queryKey: [path, ...shownIn] });
  }, [run, client, path, shownIn]);
  return run;
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

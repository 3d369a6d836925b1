import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  CheckAnswer,
  ConnectionChangeForm,
  ConnectionDetail,
  ConnectionList,
  ConnectorList,
  Deletion,
  NewConnectionForm,
  SavedConnection,
  SchedulePreview,
} from '../../http/api/connections/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

/** Runs come and go while somebody looks. */
const refreshMs = 10_000;

export function useConnections() {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'connections'],
    refetchInterval: refreshMs,
    queryFn: async ({ signal }) => (await call<ConnectionList>(`${path}/connections`, { signal })).connections,
  });
}

export function useConnection(name: string) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'connections', name],
    refetchInterval: refreshMs,
    queryFn: ({ signal }) => call<ConnectionDetail>(`${path}/connections/${name}`, { signal }),
  });
}

function useConnectorList<Part>(select: (list: ConnectorList) => Part) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'connectors'],
    staleTime: Infinity,
    queryFn: ({ signal }) => call<ConnectorList>(`${path}/connectors`, { signal }),
    select,
  });
}

export const useConnectors = () => useConnectorList(({ connectors }) => connectors);
/** Where a CRM sends browsers back to. */
export const useRedirectUri = () => useConnectorList(({ redirectUri }) => redirectUri);

/** The next runs; `expression` null = there are none. */
export function useSchedulePreview(expression: string | null, timezone: string) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'schedules', expression, timezone],
    enabled: expression !== null,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: async ({ signal }) =>
      (await call<SchedulePreview>(`${path}/schedules/preview`, { query: { expression, timezone }, signal })).runs,
  });
}

export function useDeletion(name: string, isWanted: boolean) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'connections', name, 'deletion'],
    enabled: isWanted,
    queryFn: ({ signal }) => call<Deletion>(`${path}/connections/${name}/deletion`, { signal }),
  });
}

function useConnectionChange<Wish, Answer>(change: (path: string, wish: Wish) => Promise<Answer>) {
  const { path } = useOrg();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish) => change(`${path}/connections`, wish),
    // What is paused, or configured otherwise, is shown there as well.
    onSuccess: () =>
      Promise.all(['connections', 'push', 'standing'].map((of) => client.invalidateQueries({ queryKey: [path, of] }))),
  });
}

export const useCreateConnection = () =>
  useConnectionChange((path, body: NewConnectionForm) => call<SavedConnection>(path, { method: 'POST', body }));

export interface NamedChange {
  readonly name: string;
  readonly version: number;
  readonly form: ConnectionChangeForm;
}

export const useChangeConnection = () =>
  useConnectionChange((path, { name, version, form }: NamedChange) =>
    call<SavedConnection>(`${path}/${name}`, { method: 'PUT', body: form, version }),
  );

export const useCheckConnection = () =>
  useConnectionChange((path, name: string) => call<CheckAnswer>(`${path}/${name}/check`, { method: 'POST' }));

export type PauseDirection = 'pull' | 'push' | 'all';

export const usePauseConnection = () =>
  useConnectionChange((path, { name, ...body }: { name: string; direction: PauseDirection; reason: string | null }) =>
    call<object>(`${path}/${name}/pause`, { method: 'POST', body }),
  );

export const useResumeConnection = () =>
  useConnectionChange((path, { name, ...body }: { name: string; direction: PauseDirection }) =>
    call<object>(`${path}/${name}/resume`, { method: 'POST', body }),
  );

export const useDeleteConnection = () =>
  useConnectionChange((path, { name, version }: { name: string; version: number }) =>
    call<undefined>(`${path}/${name}?confirm=${name}`, { method: 'DELETE', version }),
  );

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  ProfileDefinition,
  ProfileExample,
  ProfileKind,
  SavedTests,
  TestList,
  TestResults,
} from '../../http/api/profiles/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

export function useProfileTests(kind: ProfileKind) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'profiles', kind, 'tests'],
    queryFn: ({ signal }) => call<TestList>(`${path}/profiles/${kind}/tests`, { signal }),
  });
}

export function useSaveTests(kind: ProfileKind) {
  const { path } = useOrg();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ tests, revision }: TestList) =>
      call<SavedTests>(`${path}/profiles/${kind}/tests`, { method: 'PUT', body: { tests }, version: revision }),
    onSuccess: ({ revision }, { tests }) =>
      client.setQueryData<TestList>([path, 'profiles', kind, 'tests'], { tests, revision }),
  });
}

export interface TestRun {
  readonly profile: ProfileDefinition;
  /** Tells one profile from the next; null = it is not fit to run. */
  readonly stamp: string | null;
  readonly tests: readonly ProfileExample[];
}

export function useTestResults(kind: ProfileKind, { profile, stamp, tests }: TestRun) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'profiles', kind, 'results', stamp, tests],
    enabled: stamp !== null && tests.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (
        await call<TestResults>(`${path}/profiles/${kind}/tests/results`, {
          method: 'POST',
          body: { profile, tests },
          signal,
        })
      ).results,
  });
}

import { useInfiniteQuery } from '@tanstack/react-query';
import type { SignupList } from '../../http/api/signups/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

export interface SignupFilters {
  readonly tier: string | null;
  readonly company: string | null;
  readonly minScore: string | null;
}

export function useSignups(filters: SignupFilters, limit: number) {
  const { path } = useOrg();
  return useInfiniteQuery({
    queryKey: [path, 'signups', filters, limit],
    queryFn: ({ pageParam, signal }) =>
      call<SignupList>(`${path}/signups`, { query: { ...filters, limit, after: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}

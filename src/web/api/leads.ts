import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { CrmAnswer, LeadAnswer, LeadList } from '../../http/api/leads/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

/** As they stand in the address of the page; null = all. */
export interface LeadFilters {
  readonly search: string | null;
  readonly status: string | null;
  readonly tier: string | null;
  readonly segment: string | null;
  readonly connection: string | null;
}

export function useLeads(filters: LeadFilters) {
  const { path } = useOrg();
  return useInfiniteQuery({
    queryKey: [path, 'leads', filters],
    queryFn: ({ pageParam, signal }) =>
      call<LeadList>(`${path}/leads`, { query: { ...filters, after: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}

export function useLead(id: string) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'leads', id],
    queryFn: ({ signal }) => call<LeadAnswer>(`${path}/leads/${id}`, { signal }),
  });
}

/** Asks the CRMs themselves. */
export function useLeadInCrm(id: string) {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'leads', id, 'crm'],
    staleTime: 60_000,
    queryFn: ({ signal }) => call<CrmAnswer>(`${path}/leads/${id}/crm`, { signal }),
  });
}

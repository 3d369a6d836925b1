import { useQuery } from '@tanstack/react-query';
import type { OverviewAnswer } from '../../http/api/overview/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

/** Whoever leaves the page open sees how it goes on. */
const anewMs = 15_000;
/** A million leads are counted in about a second. */
const countingMs = 1_000;

export function useOverview() {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'overview'],
    queryFn: ({ signal }) => call<OverviewAnswer>(`${path}/overview`, { signal }),
    refetchInterval: (query) => (query.state.data?.counts === null ? countingMs : anewMs),
  });
}

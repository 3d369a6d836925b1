import { useMutation, useQuery } from '@tanstack/react-query';
import type { BegunConsent, ConsentAnswer, ConsentState, ConsentWish } from '../../http/api/consents/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

/** Somebody is at the CRM, in another window. */
const refreshMs = 2_000;

export function useBeginConsent() {
  const { path } = useOrg();
  return useMutation({
    mutationFn: (body: ConsentWish) => call<BegunConsent>(`${path}/consents`, { method: 'POST', body }),
  });
}

/** How it stands; `id` null = nobody was sent to the CRM. */
export function useConsent(id: string | null) {
  const { path } = useOrg();
  return useQuery<ConsentState>({
    queryKey: [path, 'consents', id],
    enabled: id !== null,
    // Until it is decided, or too old.
    refetchInterval: ({ state: { data, error } }) =>
      error === null && (data?.status ?? 'waiting') === 'waiting' ? refreshMs : false,
    queryFn: ({ signal }) => call<ConsentState>(`${path}/consents/${id}`, { signal }),
  });
}

/** Back from the CRM: outside of any organisation, for the address is the same for all. */
export function useAnswerConsent() {
  return useMutation({
    mutationFn: ({ org, ...body }: ConsentAnswer & { readonly org: string }) =>
      call<undefined>(`/orgs/${encodeURIComponent(org)}/consents/answer`, { method: 'POST', body }),
  });
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { InvitationForm, LinkAnswer, Member, MemberList } from '../../http/api/members/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

export function useMembers() {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'members'],
    queryFn: async ({ signal }) => (await call<MemberList>(`${path}/members`, { signal })).members,
  });
}

function useMemberChange<Wish, Answer>(change: (path: string, wish: Wish) => Promise<Answer>) {
  const { path } = useOrg();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish) => change(`${path}/members`, wish),
    onSettled: () => client.invalidateQueries({ queryKey: [path, 'members'] }),
  });
}

export const useInvite = () =>
  useMemberChange((path, body: InvitationForm) => call<LinkAnswer>(path, { method: 'POST', body }));

export const useChangeRole = () =>
  useMemberChange((path, { id, role }: Pick<Member, 'id' | 'role'>) =>
    call<undefined>(`${path}/${id}`, { method: 'PUT', body: { role } }),
  );

export const useNewLink = () =>
  useMemberChange((path, { id }: Pick<Member, 'id'>) => call<LinkAnswer>(`${path}/${id}/link`, { method: 'POST' }));

export const useRemoveMember = () =>
  useMemberChange((path, { id }: Pick<Member, 'id'>) => call<undefined>(`${path}/${id}`, { method: 'DELETE' }));

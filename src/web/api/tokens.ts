import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ApiToken, IssuedToken, TokenForm, TokenList } from '../../http/api/tokens/schemas.ts';
import { useOrg } from '../shell/org.tsx';
import { call } from './call.ts';

export function useTokens() {
  const { path } = useOrg();
  return useQuery({
    queryKey: [path, 'tokens'],
    queryFn: async ({ signal }) => (await call<TokenList>(`${path}/tokens`, { signal })).tokens,
  });
}

function useTokenChange<Wish, Answer>(change: (path: string, wish: Wish) => Promise<Answer>) {
  const { path } = useOrg();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish) => change(`${path}/tokens`, wish),
    onSettled: () => client.invalidateQueries({ queryKey: [path, 'tokens'] }),
  });
}

export const useCreateToken = () =>
  useTokenChange((path, body: TokenForm) => call<IssuedToken>(path, { method: 'POST', body }));

export const useRevokeToken = () =>
  useTokenChange((path, { name }: Pick<ApiToken, 'name'>) => call<undefined>(`${path}/${name}`, { method: 'DELETE' }));

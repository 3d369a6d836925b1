import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  ChangePasswordForm,
  ChoosePasswordForm,
  Session,
  SetUpForm,
  SignInForm,
  Welcome,
} from '../../http/api/session/schemas.ts';
import { call, Problem } from './call.ts';

const key = ['session'];

/** Null = nobody is signed in. */
export function useSession() {
  return useQuery({
    queryKey: key,
    staleTime: 60_000,
    queryFn: async ({ signal }) =>
      call<Session>('/session', { signal }).catch((error: unknown) => {
        if (error instanceof Problem && error.status === 401) return null;
        throw error;
      }),
  });
}

export function useWelcome() {
  return useQuery({ queryKey: ['welcome'], queryFn: ({ signal }) => call<Welcome>('/welcome', { signal }) });
}

/** Whoever has come in sees nothing that somebody else had loaded. */
function useEntrance<Form>(path: string, method: 'POST' | 'PUT') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Form) => call<Session>(path, { method, body }),
    onSuccess(session) {
      client.clear();
      client.setQueryData(key, session);
    },
  });
}

export const useSignIn = () => useEntrance<SignInForm>('/session', 'POST');
export const useSetUp = () => useEntrance<SetUpForm>('/set-up', 'POST');
export const useChoosePassword = () => useEntrance<ChoosePasswordForm>('/password', 'POST');
export const useChangePassword = () => useEntrance<ChangePasswordForm>('/session/password', 'PUT');

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call<undefined>('/session', { method: 'DELETE' }),
    onSuccess() {
      client.clear();
      client.setQueryData(key, null);
    },
  });
}

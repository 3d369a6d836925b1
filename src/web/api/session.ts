import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  ChangePasswordForm,
  ChoosePasswordForm,
  Session,
  SetUpForm,
  SignInForm,
  Welcome,
} from '../../http/api/session/schemas.ts';
import { call } from './call.ts';
import { isSignedOut, sessionKey } from './queries.ts';

/** Null = nobody is signed in. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    staleTime: 60_000,
    queryFn: async ({ signal }) =>
      call<Session>('/session', { signal }).catch((error: unknown) => {
        if (isSignedOut(error)) return null;
        throw error;
      }),
  });
}

export function useWelcome() {
  return useQuery({ queryKey: ['welcome'], queryFn: ({ signal }) => call<Welcome>('/welcome', { signal }) });
}

/** Everything but the session: a page that looks at it would not be told any more that it has ended. */
function forget(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
  client.getMutationCache().clear();
}

/** Whoever has come in sees nothing that somebody else had loaded. */
function useEntrance<Form>(path: string, method: 'POST' | 'PUT') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Form) => call<Session>(path, { method, body }),
    onSuccess(session) {
      forget(client);
      client.setQueryData(sessionKey, session);
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
      forget(client);
      client.setQueryData(sessionKey, null);
    },
  });
}

/** The same person comes back to a page that has stayed as it was. `password` null = they have signed in elsewhere. */
export function useSignInAgain(email: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (password: string | null) =>
      password === null
        ? call<Session>('/session')
        : call<Session>('/session', { method: 'POST', body: { email, password } }),
    onSuccess(session) {
      // Somebody else sees nothing that the one before had loaded.
      if (session.email === email) client.setQueryData(sessionKey, session);
      else window.location.reload();
    },
  });
}

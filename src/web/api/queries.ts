import { MutationCache, notifyManager, QueryClient } from '@tanstack/react-query';
import { Problem } from './call.ts';

// At once, not after a timer: a second Enter would come before the button is seen to be busy.
notifyManager.setScheduler(queueMicrotask);

const maxTries = 3;

/** Where the cache keeps who is signed in; null there = nobody, or no longer. */
export const sessionKey = ['session'];

/** What a person would have to do is not tried again; what may pass by itself is. */
function isPassing(error: Error): boolean {
  return !(error instanceof Problem) || error.status === 0 || error.status === 503;
}

/** What is refused here for want of a session; a wrong password is another thing. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.status === 401 && error.code !== 'sign-in-refused';
}

/** Only a page of somebody who was signed in says so: it asks them to sign in again. */
function noteEnd(error: unknown): void {
  if (isSignedOut(error) && queryClient.getQueryData(sessionKey)) queryClient.setQueryData(sessionKey, null);
}

export const queryClient = new QueryClient({
  mutationCache: new MutationCache({ onError: noteEnd }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Until somebody has signed in again no query goes on (see SessionEnded), so that none has failed: what it has shown stays.
      retry: (failures, error) => isSignedOut(error) || (failures < maxTries && isPassing(error)),
      // Whoever comes back to the tab wants to see what is so now.
      refetchOnWindowFocus: true,
    },
    // Fails at once where there is no network: nothing waits, in a dialog that cannot be closed, for it to come back.
    mutations: { retry: false, networkMode: 'always' },
  },
});

queryClient.getQueryCache().subscribe((event) => {
  if (event.type !== 'updated') return;
  if (event.action.type === 'failed' || event.action.type === 'error') noteEnd(event.action.error);
});

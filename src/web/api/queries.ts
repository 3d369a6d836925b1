import { QueryClient } from '@tanstack/react-query';
import { Problem } from './call.ts';

const maxTries = 3;

/** What a person would have to do is not tried again; what may pass by itself is. */
function isPassing(error: Error): boolean {
  return !(error instanceof Problem) || error.status === 0 || error.status === 503;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < maxTries && isPassing(error),
      // Whoever comes back to the tab wants to see what is so now.
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});

import type { PageReader } from '../../src/http/page-reader.ts';

/** The pages of nobody: for tests of what is around them. */
export const noPages: PageReader = {
  orgs: async () => [],
  overview: async () => ({ connections: [], leads: {}, tiers: [] }),
  leads: async () => ({ leads: [], next: null, readAt: null, problem: null }),
  signups: async () => ({ signups: [], next: null, tiers: [] }),
  receipt: async () => null,
};

/** The dated API version of every path; the sandbox also answers the older one, with the same handlers. */
const API_VERSION = '2026-09';
export const ACCEPTED_VERSIONS = [API_VERSION, '2026-03'] as const;

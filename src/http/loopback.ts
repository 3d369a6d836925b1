/** Names under which a machine reaches itself. */
const names = new Set(['127.0.0.1', '::1', 'localhost']);

/** PURE. An IPv6 address may stand in brackets, as in a URL. */
export function isLoopbackName(host: string): boolean {
  return names.has(host.replaceAll(/[[\]]/gu, ''));
}

/**
 * What a browser may load: from here, and nothing else. `styles`: which of the styles in the document itself hold besides, such as
 * `nonce-…` or `sha256-…`; null = none.
 */
export function policy(styles: string | null): string {
  return [
    "default-src 'none'",
    `style-src 'self'${styles === null ? '' : ` '${styles}'`}`,
    "script-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** How long a browser remembers that we are reached over https alone, in s: a year. */
const httpsSeconds = 365 * 24 * 60 * 60;

/** `publicUrl`: where people reach the console; null = this machine only. Of other hosts of the same domain nothing is promised. */
export function securityHeaders(publicUrl: string | null): Readonly<Record<string, string>> {
  const isSecure = publicUrl?.startsWith('https:') === true;
  return { ...headers, ...(isSecure && { 'strict-transport-security': `max-age=${httpsSeconds}` }) };
}

const headers = {
  'content-security-policy': policy(null),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
};

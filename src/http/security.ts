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

export const securityHeaders = {
  'content-security-policy': policy(null),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
};

/** PURE. Signature version 3 (docs, request validation). */
import { createHmac } from 'node:crypto';

const DECODED = ['%3A', '%2F', '%3F', '%40', '%21', '%24', '%27', '%28', '%29', '%2A', '%2C', '%3B'];

export function signatureHeaders(
  secret: string,
  {
    method,
    url,
    body,
    at,
  }: { readonly method: string; readonly url: string; readonly body: string; readonly at: number },
): Record<string, string> {
  let uri = url;
  for (const escape of DECODED) uri = uri.replaceAll(escape, decodeURIComponent(escape));
  return {
    'X-HubSpot-Signature-v3': createHmac('sha256', secret).update(`${method}${uri}${body}${at}`).digest('base64'),
    'X-HubSpot-Request-Timestamp': String(at),
  };
}

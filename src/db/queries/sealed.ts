/** A secret at rest, as `src/secrets` seals it. */
export interface Sealed {
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/** Null = there is none. */
export function sealedOf({
  keyId,
  bytes,
}: {
  readonly keyId: string | null;
  readonly bytes: Buffer | null;
}): Sealed | null {
  return keyId === null || bytes === null ? null : { keyId, bytes };
}

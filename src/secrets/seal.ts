import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '../model/errors.ts';
import type { ConnectionId, OrgId } from '../model/values.ts';
import type { SealingKey } from './keys.ts';

/** Where a secret belongs. It is part of what is authenticated, so a sealed secret opens nowhere else. */
export interface SecretBinding {
  readonly orgId: OrgId;
  /** Of the connection, or of the source, that the secret opens. */
  readonly connectionId: ConnectionId;
}

/** A secret at rest: `connections.credentials_sealed` and `credentials_key_id`. */
export interface Sealed {
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

export interface Sealer {
  /** The key that seals. */
  readonly keyId: string;
  /** Seals with the first key; never twice to the same bytes. */
  seal(secret: string, binding: SecretBinding): Sealed;
  /** @throws AppError when the key is unknown, the bytes were changed, or the binding is another one. */
  unseal(sealed: Sealed, binding: SecretBinding): string;
  /** The same secret under the first key; null where it is under that key already. */
  reseal(sealed: Sealed, binding: SecretBinding): Sealed | null;
  /** Recognises a secret later without keeping it: a keyed hash, safe to store beside the sealed value. */
  fingerprint(secret: string, binding: SecretBinding): string;
  /** True when `fingerprint` was made of this secret, under any of the keys. */
  matches(fingerprint: string, secret: string, binding: SecretBinding): boolean;
}

// Layout of `bytes`: version (1) | nonce (12) | tag (16) | ciphertext. Sizes are those of AES-GCM, NIST SP 800-38D.
const layoutVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + nonceBytes + tagBytes;

/** AES-256-GCM under keys with ids. `keys[0]` seals, all unseal: put a new key first, reseal, then drop the old one. */
export function createSealer(keys: readonly [SealingKey, ...SealingKey[]]): Sealer {
  const [first] = keys;
  const byId = new Map(keys.map((key) => [key.id, key]));
  const sealer: Sealer = {
    keyId: first.id,
    seal: (secret, binding) => ({ keyId: first.id, bytes: encrypt(first, secret, binding) }),
    unseal: (sealed, binding) => decrypt(byId.get(sealed.keyId) ?? unknownKey(sealed.keyId), sealed.bytes, binding),
    reseal: (sealed, binding) =>
      sealed.keyId === first.id ? null : sealer.seal(sealer.unseal(sealed, binding), binding),
    fingerprint: (secret, binding) => `${first.id}:${digest(first, secret, binding).toString('hex')}`,
    matches(fingerprint, secret, binding) {
      const [id = '', hex = ''] = fingerprint.split(':');
      const key = byId.get(id);
      if (key === undefined) return false;
      const known = Buffer.from(hex, 'hex');
      const found = digest(key, secret, binding);
      return known.length === found.length && timingSafeEqual(known, found);
    },
  };
  return sealer;
}

function encrypt(key: SealingKey, secret: string, binding: SecretBinding): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: tagBytes });
  cipher.setAAD(context('seal', key, binding));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(layoutVersion), nonce, cipher.getAuthTag(), text]);
}

function decrypt(key: SealingKey, bytes: Uint8Array, binding: SecretBinding): string {
  if (bytes.length < headBytes || bytes[0] !== layoutVersion) throw unreadable();
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(1, 1 + nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(context('seal', key, binding));
  decipher.setAuthTag(bytes.subarray(1 + nonceBytes, headBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(headBytes)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw unreadable(error);
  }
}

function digest(key: SealingKey, secret: string, binding: SecretBinding): Buffer {
  return createHmac('sha256', key.bytes)
    .update(context('fingerprint', key, binding))
    .update(secret)
    .digest();
}

/** Names the purpose too, so that one key serves both without one use helping to attack the other. */
function context(purpose: 'seal' | 'fingerprint', key: SealingKey, { orgId, connectionId }: SecretBinding): Buffer {
  return Buffer.from(JSON.stringify(['leadloop', layoutVersion, purpose, key.id, orgId, connectionId]));
}

function unknownKey(id: string): never {
  throw new AppError(
    'secret-key-unknown',
    `These credentials were sealed with the key "${id}", which is not among ours.`,
    {
      recovery: 'fix-config',
      remedy: `Add the key "${id}" to LEADLOOP_KEY (after the first one), or apply the configuration again to seal anew.`,
    },
  );
}

function unreadable(cause?: unknown): AppError {
  return new AppError(
    'secret-unreadable',
    'The sealed credentials cannot be opened: wrong key, changed bytes, or another connection’s.',
    {
      recovery: 'fix-config',
      remedy: 'Restore the key that sealed them, or apply the configuration again to seal anew.',
      cause,
    },
  );
}

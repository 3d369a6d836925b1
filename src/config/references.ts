import type { Reading } from './reading.ts';
import type { CredentialReferences } from './settings.ts';

/** References as they are, with file paths made absolute: nothing is read before a secret is needed. */
export function referencesOf(references: CredentialReferences, { source }: Reading): CredentialReferences {
  return Object.fromEntries(
    Object.entries(references).map(([name, reference]) => [
      name,
      typeof reference === 'object' && 'file' in reference ? { file: source.resolve(reference.file) } : reference,
    ]),
  );
}

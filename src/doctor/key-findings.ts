import type { CheckFinding } from '../connector-sdk/connector.ts';
import type { SealedRow } from '../db/queries/read-ailments.ts';
import { AppError } from '../model/errors.ts';
import type { OrgId } from '../model/values.ts';
import type { Sealer } from '../secrets/seal.ts';
import { failure, ok, warning } from './findings.ts';

/** Whether a sealed secret opens with the keys of this machine; what it says is looked at by nobody. */
export function keyFinding(
  sealer: Sealer,
  secret: SealedRow & { readonly org: string; readonly orgId: OrgId },
): CheckFinding {
  const { org, orgId, id, name, keyId, bytes } = secret;
  const subject = `key of ${org}/${name}`;
  try {
    sealer.unseal({ keyId, bytes }, { orgId, connectionId: id });
  } catch (error) {
    if (error instanceof AppError) return failure(subject, error.message, error.remedy);
    return failure(subject, 'the sealed secret cannot be opened', 'leadloop apply config/leadloop.yaml');
  }
  if (keyId === sealer.keyId) return ok(subject, `opens with "${keyId}"`);
  const message = `opens with "${keyId}", while "${sealer.keyId}" seals now`;
  return warning(subject, message, 'leadloop apply config/leadloop.yaml');
}

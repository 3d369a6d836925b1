import type { CompiledMapping } from '../mapping/compile.ts';
import type { ConnectionOutputs } from '../model/push.ts';
import type { ConnectionId, LeadId, OrgId, RunId } from '../model/values.ts';
import type { CompiledProfile } from '../scoring/compile.ts';

export interface ConnectionRules {
  /** Becomes the lead's source where the mapping names none: `hubspot`. */
  readonly kind: string;
  readonly mapping: CompiledMapping;
}

/** All that scoring a lead of this organisation needs. Loaded once a run, frozen: a run works with one version of everything. */
export interface ScoringContext {
  readonly orgId: OrgId;
  readonly runId: RunId;
  /** The instant of the run: decay, dates and history of one run agree. */
  readonly at: Date;
  readonly profile: CompiledProfile;
  /** Of the stored profile; null = none is stored and the default one scores. */
  readonly profileVersion: number | null;
  /** The product-led-growth profile, for signups and their companies. */
  readonly plg: { readonly profile: CompiledProfile; readonly version: number | null };
  /** Every connection of the organisation: its inbound rules decide conflicts between sources. */
  readonly connections: ReadonlyMap<ConnectionId, ConnectionRules>;
  readonly outputs: readonly ConnectionOutputs[];
}

/** What a batch goes through. */
export interface Pipeline extends ScoringContext {
  readonly connectionId: ConnectionId;
  readonly mapping: CompiledMapping;
  readonly mappingVersion: number;
  readonly newLeadId: () => LeadId;
}

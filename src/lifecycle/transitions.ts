import type { Cause } from '../model/lifecycle.ts';
import { qualifiedStatuses, type LeadStatus } from '../model/lead.ts';

/** Who may make a move: the lead's own engagement, an MQL trigger, sales through the CRM, or an operator. */
export type Mover = Cause['type'];

const sales: readonly Mover[] = ['crm', 'operator'];

/** Where only people move a lead. Sales may also reopen what it closed, so every one of these leads to every other. */
const salesMoves = { sql: sales, opportunity: sales, disqualified: sales, recycled: sales } as const;

/**
 * Every legal move, and who may make it. What is not here does not happen:
 * - the score never moves a lead backward, and never out of `mql` or what follows: an MQL is latched for its episode;
 * - a disqualified lead stays out, however much it clicks, until sales or an operator recycles it;
 * - `new` and `recycled` may qualify directly, for a demo request alone is none of the four engagements of `engaged`.
 */
export const legalMoves: {
  readonly [From in LeadStatus]: { readonly [To in LeadStatus]?: readonly Mover[] };
} = {
  new: { engaged: ['engagement'], mql: ['trigger'], ...salesMoves },
  engaged: { mql: ['trigger'], ...salesMoves },
  mql: salesMoves,
  sql: salesMoves,
  opportunity: salesMoves,
  disqualified: salesMoves,
  recycled: { engaged: ['engagement'], mql: ['trigger'], ...salesMoves },
};

/** Whether somebody may move a lead so. Staying where it is is no move. */
export function isLegal(from: LeadStatus, to: LeadStatus, mover: Mover): boolean {
  return from !== to && (legalMoves[from][to]?.includes(mover) ?? false);
}

/** Whether a lead counts as qualified in its current episode: `is_mql` in the CRM. */
export function isMql(status: LeadStatus): boolean {
  return qualifiedStatuses.includes(status);
}

/** The column of `leads` that holds the latest entry into a status (seed, "Lifecycle Dates"); the others have none. */
export const dateColumns: { readonly [S in LeadStatus]?: 'mql_date' | 'sql_date' | 'opportunity_date' } = {
  mql: 'mql_date',
  sql: 'sql_date',
  opportunity: 'opportunity_date',
};

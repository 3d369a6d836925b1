/** What the webhooks ask for. `create-hooks.ts` makes it of the database. */
import type { HookCall, TakenHints } from '../../hints/take-in.ts';

export interface HooksOptions {
  readonly hooks: HooksPort;
  readonly log: (level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface HooksPort {
  /** Under which CRMs call us, with no slash at its end: signatures cover it. Null = http:// and the host that was called. */
  readonly publicUrl: string | null;
  /** Who has not been served within so long, in ms, is told to come again. */
  readonly answerWithinMs: number;
  takeIn(call: HookCall, signal: AbortSignal): Promise<TakenHints>;
}

/** Holds calls under the CRM's short limits and under our share of its day. One per connection. */
export interface Governor {
  /** Resolves when a call may go; counts it. @throws QuotaExhaustedError when the day's share is used up. */
  admit(bucket: string, signal: AbortSignal): Promise<void>;
  /** The CRM told us more about its limits (headers, a 429). Absent = unknown. */
  observe(bucket: string, observation: LimitObservation): void;
  /** Calls admitted since the connection was opened. */
  readonly admitted: number;
}

export interface LimitObservation {
  /** No call of this bucket before so many milliseconds have passed. */
  readonly pauseMs?: number;
  /** Calls that the whole account may still make today, and its daily maximum. */
  readonly dailyRemaining?: number;
  readonly dailyMax?: number;
}

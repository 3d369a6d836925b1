/** What load balancers, orchestrators and scrapers ask for; each part may be absent. */
export interface HealthPort {
  /** Null = it may be sent work; else why not, in words that are safe to show. */
  readiness(): Promise<string | null>;
}

export interface MetricsPort {
  readonly contentType: string;
  scrape(): Promise<string>;
  /** Whoever is not on this machine has to know it; null = nobody else may ask. */
  readonly token: string | null;
}

export interface LoggedRequest {
  readonly at: number;
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** 0 until it is answered, and for ever if it never is. */
  status: number;
}

/** Old entries go first; the counts keep all. */
const KEPT = 20_000;

/** Every vendor request the sandbox has seen. */
export class RequestLog {
  private readonly ids: RegExp;
  private log: LoggedRequest[] = [];
  private counted = new Map<string, number>();

  /** `ids`: what record ids look like in a path, with the slash before them. */
  constructor(ids: RegExp) {
    this.ids = ids;
  }

  record(request: { at: number; method: string; url: string }): LoggedRequest {
    const entry: LoggedRequest = { ...request, status: 0 };
    this.log.push(entry);
    if (this.log.length > 2 * KEPT) this.log = this.log.slice(-KEPT);
    const path = entry.url.split('?')[0] ?? entry.url;
    const key = `${entry.method} ${path.replaceAll(this.ids, '/:id')}`;
    this.counted.set(key, (this.counted.get(key) ?? 0) + 1);
    return entry;
  }

  entries(): readonly LoggedRequest[] {
    return this.log;
  }

  /** How many logged requests fit. */
  count(method: string, path: RegExp): number {
    return this.log.filter((entry) => entry.method === method && path.test(entry.url)).length;
  }

  /** By method and path, record ids replaced by :id. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.counted);
  }

  reset(): void {
    this.log = [];
    this.counted = new Map();
  }
}

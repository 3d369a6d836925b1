import { connectors } from '../../connectors/index.ts';
import type { ConnectorDefinition } from '../../src/connector-sdk/connector.ts';
import type { Database } from '../../src/db/tx.ts';
import { createHooks } from '../../src/http/hooks/create-hooks.ts';
import { startHttp } from '../../src/http/server.ts';
import { createSealer } from '../../src/secrets/seal.ts';
import { sealingKey } from './loop.ts';

export interface TestHooks extends AsyncDisposable {
  readonly url: string;
  /** Logged, line by line. */
  readonly said: string[];
  /** Ids of connections for which somebody was woken. */
  readonly woken: string[];
}

interface HooksSetting {
  readonly now: () => Date;
  readonly publicUrl?: string | null;
  /** Default 20 s, on two busy cores; a daemon's is 800 ms. */
  readonly answerWithinMs?: number;
  readonly wake?: () => Promise<void>;
}

/** The webhooks on a real database and a real port, beside the page as in a daemon. */
export async function startHooks(
  database: Database,
  { now, publicUrl = null, answerWithinMs = 20_000, wake }: HooksSetting,
): Promise<TestHooks> {
  const said: string[] = [];
  const woken: string[] = [];
  const log = (level: string, message: string, fields: object) =>
    void said.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const sealer = createSealer([{ id: 'test', bytes: sealingKey }]);
  const definitions = connectors as unknown as readonly ConnectorDefinition[];
  const onHints = async (_: string, connectionId: string): Promise<void> => {
    woken.push(connectionId);
    await wake?.();
  };
  const hooks = createHooks({ database, definitions, sealer, now, log }, { publicUrl, answerWithinMs, onHints });
  const server = await startHttp({ port: 0, hooks, now, log });
  return { url: server.url, said, woken, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

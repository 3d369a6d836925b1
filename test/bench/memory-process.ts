/** The syncing process of the memory measurement. Sends its resident memory after each batch of people. */
import { openDatabase } from '../../src/db/database.ts';
import { plainSync } from '../../src/sync/options.ts';
import { syncConnection } from '../../src/sync/sync-connection.ts';
import { openSession } from './scene.ts';

const [url = '', orgId = '', people] = process.argv.slice(2);
const database = await openDatabase({ url, home: '' });
const session = await openSession(database, orgId);
const report = await syncConnection(session, {
  ...plainSync,
  pullOnly: true,
  acceptMissing: false,
  signal: new AbortController().signal,
  onProgress: ({ object, done }) => {
    if (object === people) process.send?.({ done, rss: process.memoryUsage.rss() });
  },
});
// Kibibytes, says Node; everything else here is bytes.
process.send?.({
  done: report.counts.pulled,
  rss: process.memoryUsage.rss(),
  peak: process.resourceUsage().maxRSS * 1_024,
});
await session[Symbol.asyncDispose]();
await database.close();
process.disconnect?.();

import type { App } from '../app-port.ts';
import type { ExitCode, Invocation } from '../command.ts';
import { exitOf } from '../exit.ts';
import { renderSourceReport } from '../render/source-report.ts';

/** `leadloop import --source NAME`: reads a source now, whatever its schedule. */
export async function importSource(app: App, { io, options, signal }: Invocation, name: string): Promise<ExitCode> {
  const report = await io.reporting((onProgress) =>
    app.importSource(name, {
      org: typeof options['org'] === 'string' ? options['org'] : null,
      full: options['full'] === true,
      signal,
      onProgress,
    }),
  );
  io.answer(report, renderSourceReport);
  return exitOf(report);
}

import { unreadable } from './import-error.ts';

/**
 * Bytes → text, without a byte order mark.
 * @throws AppError `import-unreadable` (fix-config) where they are no UTF-8: names would be lost in silence.
 */
export async function* readText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of chunks) yield decoded(() => decoder.decode(chunk, { stream: true }));
  yield decoded(() => decoder.decode());
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw unreadable(
      'The file is not UTF-8.',
      'Save it as UTF-8 (in a spreadsheet: "CSV UTF-8"), or convert it with iconv.',
    );
  }
}

/** Reads until `isEnough`, and gives back what was read with all the rest. */
export async function peek(
  texts: AsyncGenerator<string, void, void>,
  isEnough: (beginning: string) => boolean,
): Promise<{ readonly beginning: string; readonly all: AsyncGenerator<string, void, void> }> {
  let beginning = '';
  while (!isEnough(beginning)) {
    const next = await texts.next();
    if (next.done === true) break;
    beginning += next.value;
  }
  return { beginning, all: joined(beginning, texts) };
}

async function* joined(
  beginning: string,
  rest: AsyncGenerator<string, void, void>,
): AsyncGenerator<string, void, void> {
  try {
    yield beginning;
    yield* rest;
  } finally {
    await rest.return();
  }
}

import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { SignedIn } from './console.ts';

/** A page of the console in a browser of its own. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** What the browser complained of: a script or style that the policy refused, a file that is missing. */
  readonly complaints: readonly string[];
  /** To another page of the console. */
  go(path: string): Promise<void>;
  /** What axe finds wrong with the page as it is now: rule and element. */
  ailments(): Promise<readonly string[]>;
}

export interface VisitOptions extends BrowserContextOptions {
  /** Left out = nobody is signed in. */
  readonly as?: SignedIn;
}

/** Opens `path` of the console at `url`. */
export async function visit(
  browser: Browser,
  url: string,
  path: string,
  { as, ...options }: VisitOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  if (as !== undefined) await context.addCookies([{ name: 'leadloop', value: as.token, url, httpOnly: true }]);
  // Two cores run a browser, a server and a database here: what takes one second can take twenty.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // What the server refuses is shown on the page; the browser says it here as well.
    const isAnswer = message.text().startsWith('Failed to load resource') && message.location().url.includes('/api/');
    if ((message.type() === 'error' || message.type() === 'warning') && !isAnswer) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const go = async (to: string): Promise<void> => {
    await page.goto(`${url}${to}`);
    await settled(page);
  };
  await go(path);
  return {
    page,
    complaints,
    go,
    async ailments() {
      await settled(page);
      // Not as a tag, which the policy would refuse: in the world of the test.
      await page.evaluate(axe.source);
      return page.evaluate<string[]>(examine);
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/**
 * The dialog that has just been opened, once the focus is in it to stay: it takes that twice, and whoever types in between, as no
 * person can, types into another field.
 */
export async function openedDialog(page: Page): Promise<Locator> {
  const dialog = page.getByRole('dialog');
  await dialog.locator(':focus').waitFor();
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
  return dialog;
}

/** Runs in the browser. */
const examine = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(
  ({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target.join(' ') + ': ' + failureSummary)))`;

/** Until nothing is loading any more. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  // Not as a function: where it has to be asked more than once, the policy of the page refuses it.
  await page.locator('[role=status][aria-label^=Loading]').first().waitFor({ state: 'detached' });
}

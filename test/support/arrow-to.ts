import type { Locator, Page } from 'playwright-core';

/** Of the longest list that is gone through: a hundred options and more are searched instead. */
const maxSteps = 100;

/**
 * Arrows down an open list until Enter would take `option`.
 *
 * By the mark and not by counting: a list sets its mark a moment after it was opened or typed into, and where the
 * machine is busy a key comes before that.
 */
export async function arrowTo(page: Page, option: Locator): Promise<void> {
  await option.waitFor();
  const marked = option.and(page.locator('[data-combobox-selected]'));
  for (let steps = 0; (await marked.count()) === 0; steps += 1) {
    if (steps > maxSteps) throw new Error(`not reached by arrows: ${option.toString()}`);
    await page.keyboard.press('ArrowDown');
  }
}

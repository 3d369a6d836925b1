import { chromium } from 'playwright-core';
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox','--disable-gpu'] });
const base = process.argv[2];
for (const colorScheme of ['light','dark']) for (const [n,w] of [['wide',1280],['narrow',390]]) {
  const c = await browser.newContext({ colorScheme, viewport: { width: w, height: 900 } });
  const p = await c.newPage();
  await p.goto(base + '/?q=');
  await p.screenshot({ path: `/tmp/shots/leads-${colorScheme}-${n}.png`, fullPage: false });
  await p.locator('#leads tbody a').first().click();
  await p.waitForURL(/leads/);
  await p.screenshot({ path: `/tmp/shots/receipt-${colorScheme}-${n}.png`, fullPage: true });
  await c.close();
}
await browser.close();

// A real browser for tests of pages: Chromium as the system has it, without a window. Where there is none, tests are
// skipped and say so, unless TUTTI_REQUIRE_CHROMIUM is set.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executable = process.env.TUTTI_CHROMIUM ?? PLACES.find((path) => existsSync(path));

/** Options of a test that needs a browser: why it is skipped, or nothing. */
export const NEEDS_BROWSER: { readonly skip?: string } =
  executable !== undefined || process.env.TUTTI_REQUIRE_CHROMIUM !== undefined
    ? {}
    : { skip: `no Chromium at ${PLACES.join(', ')} or where TUTTI_CHROMIUM says` };

/** Sizes of windows that pages are looked at in. */
export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Both themes on both. */
export const LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) => [
  { name: `desktop, ${colorScheme}`, colorScheme, viewport: DESKTOP },
  { name: `phone, ${colorScheme}`, colorScheme, viewport: PHONE },
]);

export interface SeenPage {
  readonly page: Page;
  /** Errors that the page had or the console was told of, and warnings. */
  readonly problems: string[];
}

/** A browser that ends with the test. */
export async function openBrowser(t: { teardown(end: () => Promise<void>): unknown }): Promise<TestBrowser> {
  if (executable === undefined) throw new Error(`Expected Chromium at ${PLACES.join(', ')}`);
  // Tests run as root in containers, where Chromium has no sandbox.
  const browser = await chromium.launch({
    executablePath: executable,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  t.teardown(() => browser.close());
  return new TestBrowser(browser);
}

export class TestBrowser {
  readonly #browser: Browser;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Opens an address, in a window of its own with nothing remembered. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<SeenPage> {
    const context = await this.#browser.newContext({ viewport: DESKTOP, ...options });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        problems.push(`${message.type()}: ${message.text()}`);
    });
    page.on('requestfailed', (request) => {
      // A page may close its own streams.
      const reason = request.failure()?.errorText;
      if (reason !== 'net::ERR_ABORTED') problems.push(`${reason}: ${request.url()}`);
    });
    await page.goto(url);
    return { page, problems };
  }
}

/** Until an expression holds in the page, whose own policy forbids it to wait for one. */
export async function until(page: Page, expression: string, patienceMs = 90_000): Promise<void> {
  const by = performance.now() + patienceMs;
  while (!(await page.evaluate(expression))) {
    if (performance.now() > by) throw new Error(`Never came true: ${expression}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds serious or critical, each in a line; the page's own policy does not hold it back. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: AXE });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => id + ': ' + help + ' at ' + target.join(' ') + ' ' + failureSummary)))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  return result.value as string[];
}

/** Whether a page needs scrolling to the side, which none should. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

/** What has the keyboard's focus, in the order in which Tab comes to it: tag, and id or text. */
export async function tabOrder(page: Page, most = 40): Promise<string[]> {
  const seen: string[] = [];
  for (let at = 0; at < most; at++) {
    await page.keyboard.press('Tab');
    const name = (await page.evaluate(
      `(() => { const e = document.activeElement; return e === document.body || e === null ? '' : e.tagName.toLowerCase() + '#' + (e.id || e.textContent.trim().slice(0, 40)); })()`,
    )) as string;
    if (name === '' || seen.includes(name)) break;
    seen.push(name);
  }
  return seen;
}

/** The text of the one element that is there. */
export const textOf = (page: Page, selector: string): Promise<string | null> =>
  page.locator(selector).textContent();

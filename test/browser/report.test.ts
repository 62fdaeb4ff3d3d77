// The report in a real browser: nothing fails, every figure is seen in both themes and at both sizes, the keyboard reaches
// all of it, and axe-core finds nothing serious.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import t from 'tap';
import { createInlineRunner, reportEnsemble, trainEnsemble } from '../../src/index.js';
import { clusters, linear } from '../support/datasets.js';
import { DESKTOP, isTooWide, NEEDS_BROWSER, openBrowser, PHONE, seriousFindings } from './support.js';

const runner = createInlineRunner();
const QUICK = { members: 5, hidden: [8], epochs: 12, seed: 1 } as const;

async function reportOf(kind: 'classes' | 'numbers') {
  const make = (seed: number) => (kind === 'classes' ? clusters(240, 6, 4, seed) : linear(240, 6, 1, seed));
  const ensemble = await trainEnsemble(
    make(1),
    { ...QUICK, ...(kind === 'numbers' ? { loss: 'gaussianNll' } : {}) },
    { runner },
  );
  return reportEnsemble(ensemble, make(1), {
    ...{ test: make(2), title: `${kind}.tutti`, attack: true },
  });
}

/** Boxes of all drawings, and what is drawn in them. */
function drawings(
  page: Page,
): Promise<{ id: string; width: number; height: number; marks: number; named: boolean }[]> {
  return page.evaluate(`[...document.querySelectorAll('figure')].map((figure) => {
    const svg = figure.querySelector('svg');
    const { width, height } = svg.getBoundingClientRect();
    const marks = [...svg.querySelectorAll('path, circle, rect, line')].filter((mark) => {
      const box = mark.getBoundingClientRect();
      return box.width > 0 || box.height > 0;
    }).length;
    return { id: figure.id, width, height, marks, named: svg.getAttribute('role') === 'img' && svg.getAttribute('aria-label').length > 20 };
  })`);
}

for (const kind of ['classes', 'numbers'] as const) {
  t.test(`the report of ${kind} in Chromium`, NEEDS_BROWSER, async (t) => {
    const { html, figures } = await reportOf(kind);
    const folder = t.testdir({ 'report.html': html });
    const url = pathToFileURL(join(folder, 'report.html')).href;
    const browser = await openBrowser(t);

    for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await t.test(`${size}, ${colorScheme}`, async (t) => {
          const { page, problems } = await browser.open(url, { viewport, colorScheme });
          const all = await drawings(page);
          t.same(
            all.map(({ id }) => id),
            figures.map(({ id }) => `figure-${id}`),
          );
          for (const { id, width, height, marks, named } of all) {
            t.ok(
              width > 200 && height > 60 && marks > 2 && named,
              `${id}: ${width} × ${height}, ${marks} marks`,
            );
          }
          t.notOk(await isTooWide(page), 'the page does not scroll sideways');
          t.same(await seriousFindings(page), []);
          t.same(problems, []);
          const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
          t.equal(paper, colorScheme === 'light' ? 'rgb(250, 249, 246)' : 'rgb(19, 21, 25)');
          await page.context().close();
        });
      }
    }

    await t.test('the switch changes the theme and is remembered; the keyboard does all', async (t) => {
      const { page, problems } = await browser.open(url, { colorScheme: 'light' });
      const theme = () => page.evaluate('document.documentElement.dataset.theme ?? "auto"');
      const focused = () => page.evaluate('document.activeElement.textContent.trim()');
      await page.keyboard.press('Tab');
      t.equal(await focused(), 'Skip to the content');
      for (const name of ['Auto', 'Light', 'Dark']) {
        await page.keyboard.press('Tab');
        t.equal(await focused(), name);
      }
      await page.keyboard.press('Enter');
      t.equal(await theme(), 'dark');
      t.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(19, 21, 25)');
      await page.reload();
      t.equal(await theme(), 'dark', 'after it is loaded again');
      const reached = new Set<string>();
      for (let at = 0; at < 400; at++) {
        await page.keyboard.press('Tab');
        const place = (await page.evaluate(
          `(() => { const e = document.activeElement; return e.hash || e.closest('figure')?.id || e.closest('section')?.id || e.tagName; })()`,
        )) as string;
        if (place === 'BODY') break;
        reached.add(place);
      }
      for (const { id } of figures) t.ok(reached.has(`figure-${id}`), `${id} is reached`);
      t.ok(reached.has('#reproduce'), 'and the contents');
      t.same(problems, []);
    });

    await t.test('the numbers of a figure are saved as a file', async (t) => {
      const { page } = await browser.open(url);
      const figure = page.locator('figure').first();
      await figure.locator('summary').click();
      const [download] = await Promise.all([page.waitForEvent('download'), figure.locator('.save').click()]);
      t.equal(download.suggestedFilename(), `${figures[0]!.id}.csv`);
      const text = await figure.locator('pre').textContent();
      t.equal(text!.trim().split('\n').length, figures[0]!.numbers.rows.length + 1);
    });

    await t.test('on paper: without what only a screen can do, in light colours', async (t) => {
      const { page } = await browser.open(url, { colorScheme: 'dark' });
      await page.emulateMedia({ media: 'print' });
      for (const gone of ['.switch', '.contents', 'figure details']) {
        t.notOk(await page.locator(gone).first().isVisible(), gone);
      }
      t.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
      t.equal((await drawings(page)).filter(({ width }) => width > 100).length, figures.length);
      t.ok((await page.pdf()).length > 20_000);
    });

    await t.test('without scripts everything is there', async (t) => {
      const { page } = await browser.open(url, { javaScriptEnabled: false });
      t.equal(await page.locator('figure svg').count(), figures.length);
      t.equal((await page.locator('section').count()) > 8, true);
      t.equal(await page.locator('.switch').isVisible(), false, 'but for what needs one');
    });
  });
}

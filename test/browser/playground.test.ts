// The playground in a real browser, from a file and from a host that serves files and no more: it trains to the bytes that
// Node.js comes to, asks for nothing, and can be stopped, used by keyboard and read in both themes and on a phone.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import type { DatasetName, Recipe } from '../../src/playground/client/protocol.js';
import { datasetsOf } from '../../src/playground/datasets.js';
import { optionsOf } from '../../src/playground/recipe.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import {
  isTooWide,
  LOOKS,
  NEEDS_BROWSER,
  openBrowser,
  seriousFindings,
  tabOrder,
  textOf,
  until,
} from './support.js';

const FILE = fileURLToPath(new URL('../../../docs/playground/index.html', import.meta.url));
const FROM_FILE = pathToFileURL(FILE).href;

const IDLE = "document.body.dataset.state === 'idle'";

/** Sets a slider to the place of a value. */
async function slide(page: Page, id: string, value: number): Promise<void> {
  const slider = page.locator(`#${id}`);
  // Of members there is a place for each number.
  for (let place = id === 'members' ? value - 1 : 0; place < 64; place++) {
    await slider.fill(String(place));
    if ((await textOf(page, `#${id}-value`)) === String(value)) return;
  }
  throw new Error(`Expected a place for ${value} on the slider ${id}`);
}

async function setRecipe(page: Page, { dataset, bootstrap, seed, ...sliders }: Recipe): Promise<void> {
  await page.locator(`input[value=${dataset}]`).check();
  for (const [id, value] of Object.entries(sliders)) await slide(page, id, value);
  await page.locator('#bootstrap').setChecked(bootstrap);
  await page.locator('#seed').fill(String(seed));
}

/** Saves what a button gives under its own name. @returns the file. */
async function saveBy(page: Page, button: string, folder: string): Promise<string> {
  const coming = page.waitForEvent('download');
  await page.locator(button).click();
  const download = await coming;
  const path = `${folder}/${download.suggestedFilename()}`;
  await download.saveAs(path);
  return path;
}

async function hashInNode(recipe: Recipe): Promise<string> {
  return contentHash(await trainEnsemble(datasetsOf(recipe.dataset).train, optionsOf(recipe)));
}

/** A host of files as plain as they are: no header but the type. */
async function serveFile(t: { teardown(end: () => void): unknown }): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(readFileSync(FILE));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const RECIPES: readonly (Omit<Recipe, 'dataset'> & { readonly datasets: readonly DatasetName[] })[] = [
  { datasets: ['spirals', 'digits'], members: 5, hidden: 16, epochs: 20, bootstrap: true, seed: 7 },
  { datasets: ['moons', 'iris'], members: 2, hidden: 4, epochs: 10, bootstrap: false, seed: 4294967295 },
];

for (const from of ['a file', 'a plain host'] as const) {
  t.test(`opened from ${from}, it trains to the bytes that Node.js comes to`, NEEDS_BROWSER, async (t) => {
    const url = from === 'a file' ? FROM_FILE : await serveFile(t);
    const browser = await openBrowser(t);
    const { page, problems } = await browser.open(url);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    t.equal(await page.evaluate('crossOriginIsolated'), false);
    for (const { datasets, ...settings } of RECIPES.slice(0, from === 'a file' ? 2 : 1)) {
      for (const dataset of datasets) {
        const recipe = { dataset, ...settings };
        await setRecipe(page, recipe);
        await page.locator('#train').click();
        await until(page, IDLE);
        t.equal(await textOf(page, '#hash'), await hashInNode(recipe), dataset);
        t.match(await textOf(page, '#headline'), /^\d members: [\d.]+ % wrong together, [\d.]+ % alone$/);
        t.equal(await textOf(page, '#tile-predicted'), await textOf(page, '#tile-measured'));
        t.equal(await page.locator('#members-list .finished').count(), recipe.members);
        t.equal(
          await page.locator('#plane-section').isVisible(),
          dataset === 'moons' || dataset === 'spirals',
        );
      }
    }
    t.same(
      asked.filter((address) => !address.startsWith('blob:')),
      [],
      'nothing is asked for',
    );
    t.same(problems, []);
  });
}

t.test(
  'the program that it shows, with the rows that it saves, is the same training',
  NEEDS_BROWSER,
  async (t) => {
    const browser = await openBrowser(t);
    const { page } = await browser.open(FROM_FILE);
    await setRecipe(page, { dataset: 'iris', members: 2, hidden: 4, epochs: 5, bootstrap: true, seed: 5 });
    await page.locator('#train').click();
    await until(page, IDLE);
    const path = await saveBy(page, '#rows', t.testdir({}));
    t.equal(basename(path), 'iris.json');
    const index = new URL('../../src/index.js', import.meta.url).href;
    const program = (await textOf(page, '#code'))!
      .replace("'iris.json'", JSON.stringify(path))
      .replace("from 'tutti'", `from ${JSON.stringify(index)}`)
      .replace('console.log(', 'export default (');
    const { default: hash } = await import(`data:text/javascript,${encodeURIComponent(program)}`);
    t.equal(hash, await textOf(page, '#hash'));
  },
);

t.test('the ensemble that it saves is loaded in Node.js', NEEDS_BROWSER, async (t) => {
  const browser = await openBrowser(t);
  const { page, problems } = await browser.open(FROM_FILE);
  const recipe: Recipe = { dataset: 'iris', members: 3, hidden: 4, epochs: 5, bootstrap: true, seed: 6 };
  await setRecipe(page, recipe);
  await page.locator('#train').click();
  await until(page, IDLE);
  const path = await saveBy(page, '#ensemble', t.testdir({}));
  t.equal(basename(path), 'iris.tutti');
  const ensemble = await loadEnsemble(path);
  t.equal(contentHash(ensemble), await hashInNode(recipe));
  t.equal(ensemble.members.length, 3);
  t.not(await evaluateOutOfBag(ensemble, datasetsOf('iris').train), null);
  t.same(problems, []);
});

t.test('stopped, it says what the finished members came to, and trains again', NEEDS_BROWSER, async (t) => {
  const browser = await openBrowser(t);
  const { page, problems } = await browser.open(FROM_FILE);
  await setRecipe(page, {
    dataset: 'digits',
    members: 64,
    hidden: 128,
    epochs: 320,
    bootstrap: true,
    seed: 1,
  });
  await page.locator('#train').click();
  t.equal(await page.locator('#train').isDisabled(), true);
  await until(page, "document.querySelectorAll('#members-list .finished').length >= 2");
  t.match(await textOf(page, '#so-far'), /^\d+ of 64 members$/);
  await page.locator('#stop').click();
  await until(page, IDLE);
  t.match(await textOf(page, '#headline'), /^\d+ of 64 members: /);
  t.match(await textOf(page, '#hash'), /^It was stopped/);
  t.equal(await page.locator('#program').isVisible(), false);
  t.equal(await page.evaluate('document.activeElement.id'), 'train', 'the focus is not lost');
  // In one turn of the page, in which no member can finish.
  await page.evaluate("for (const id of ['train', 'stop']) document.getElementById(id).click()");
  await until(page, IDLE);
  t.match(await textOf(page, '#trouble'), /^Stopped before the first member/);
  const recipe: Recipe = { dataset: 'moons', members: 3, hidden: 4, epochs: 5, bootstrap: true, seed: 2 };
  await setRecipe(page, recipe);
  await page.locator('#train').click();
  await until(page, IDLE);
  t.equal(await textOf(page, '#hash'), await hashInNode(recipe));
  t.equal(await page.locator('#trouble').isVisible(), false);
  t.same(problems, []);
});

for (const { name, colorScheme, viewport } of LOOKS) {
  t.test(
    `${name}: legible, no wider than the window, and all of it by keyboard`,
    NEEDS_BROWSER,
    async (t) => {
      const browser = await openBrowser(t);
      const { page, problems } = await browser.open(FROM_FILE, { colorScheme, viewport });
      t.same(await seriousFindings(page), []);
      const order = await tabOrder(page);
      for (const id of ['a#Skip to the content', 'input#hidden', 'input#seed', 'button#train'])
        t.ok(order.includes(id), `${id} in ${order.join(', ')}`);
      await page.locator('#members').focus();
      await page.keyboard.press('Home');
      for (let more = 0; more < 3; more++) await page.keyboard.press('ArrowRight');
      t.equal(await textOf(page, '#members-value'), '4');
      await page.locator('#seed').focus();
      await page.keyboard.press('Enter');
      await until(page, `${IDLE} && document.querySelectorAll('#members-list .finished').length === 4`);
      t.equal(await isTooWide(page), false);
      t.same(await seriousFindings(page), []);
      t.match(await page.locator('#averaged > svg').getAttribute('aria-label'), /squared error of/);
      t.match(await page.locator('#surface-mean').getAttribute('aria-label'), /^All members: \d+ % of/);
      // Drawn in the colours of the theme.
      const middle = (await page.evaluate(
        "Array.from(document.querySelector('#surface-mean').getContext('2d').getImageData(2, 2, 1, 1).data)",
      )) as number[];
      t.equal(middle[3], 255);
      t.same(problems, []);
    },
  );
}

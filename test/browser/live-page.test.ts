// The live page in a real browser: a training as it runs, in both themes and on a phone, by keyboard, left and come back
// to, and stopped.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { openLivePage } from '../../src/live/live-page.js';
import { classCsv, valueCsv } from '../cli/support.js';
import { watched } from '../live/watched.js';
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

const NETWORK = ['--seed', '1', '--threads', '2', '--hidden', '8', '--early-stopping', 'none'];
const CLASSES = ['train', 'rows.csv', '--target', 'label', ...NETWORK];
/** Two members that are soon finished, and others that are not. */
const SOME = JSON.stringify({
  members: [{ epochs: 300 }, { epochs: 300 }, { epochs: 5_000_000 }, { epochs: 5_000_000 }],
});

t.test('a training is followed to its end', NEEDS_BROWSER, async (t) => {
  const cwd = t.testdir({ 'rows.csv': classCsv() });
  const browser = await openBrowser(t);
  const run = await watched([...CLASSES, '--members', '10', '--epochs', '3000', '--out', 'e.tutti'], cwd);
  const { page, problems } = await browser.open(run.url);
  await until(page, "document.querySelectorAll('#members .member').length === 10");
  await until(page, "document.querySelectorAll('#curves > svg path').length >= 2");
  await until(page, "document.querySelector('#phase').dataset.phase === 'finished'");
  t.equal((await run.result).status, 0);
  t.match(await textOf(page, '#headline'), /^10 members in .*% right out of bag/);
  t.equal(await page.locator('#whole').getAttribute('aria-valuenow'), '100');
  t.equal(await page.locator('#members .finished').count(), 10);
  t.match(await textOf(page, '#summary'), /contentHash [0-9a-f]{64}/);
  t.match(await textOf(page, '#saved'), /e\.tutti/);
  t.match(await textOf(page, '#next'), /tutti report e\.tutti rows\.csv/);
  t.equal(await page.locator('#closed').isVisible(), true);
  t.equal(await page.locator('#stop').isVisible(), false);
  t.equal(await page.locator('#lost').isVisible(), false);
  t.same(await seriousFindings(page), []);
  t.same(problems, []);
});

t.test(
  'curves and arrivals are drawn from data while it runs, and progress moves',
  NEEDS_BROWSER,
  async (t) => {
    const cwd = t.testdir({ 'rows.csv': classCsv(), 'some.json': SOME });
    const browser = await openBrowser(t);
    const run = await watched([...CLASSES, '--config', 'some.json'], cwd);
    t.teardown(() => run.kill('SIGKILL'));
    const { page, problems } = await browser.open(run.url);
    await until(page, "document.querySelectorAll('#members .finished').length === 2");
    await until(page, "document.querySelectorAll('#arrivals > svg circle').length === 2");
    t.match(
      await textOf(page, '#arrivals .says'),
      /The first 2 members .*squared error .*ρ = .*all 4 are expected to come to/,
    );
    t.match(await page.locator('#arrivals > svg').getAttribute('aria-label'), /squared error/);
    const threads = page.locator('#threads .what');
    t.match(await threads.first().textContent(), /^member \d, epoch \d+ of 5000000, loss/);
    const before = Number(/epoch (\d+)/.exec((await threads.first().textContent())!)![1]);
    await until(
      page,
      `Number(/epoch (\\d+)/.exec(document.querySelector('#threads .what').textContent)?.[1]) > ${before}`,
    );
    const points =
      "document.querySelector('#curves > svg path[stroke=\"var(--s1)\"]')?.getAttribute('d').match(/L/g)?.length ?? 0";
    await until(page, `(${points}) > 20`);
    t.match(await textOf(page, '#tile-members'), /2 \/ 4/);
    t.match(await textOf(page, '#tile-memory'), /MB|GB/);
    t.same(problems, []);

    // Left and come back to, it shows all that was.
    await page.reload();
    await until(page, "document.querySelectorAll('#members .finished').length === 2");
    await until(page, "document.querySelectorAll('#arrivals > svg circle').length === 2");
    t.ok(((await page.evaluate(points)) as number) > 20, 'the curve from its beginning');
    t.match(await textOf(page, '#log'), /4 members planned with seed 1/);
  },
);

t.test(
  'the button stops it, once somebody has confirmed, and what is finished is saved',
  NEEDS_BROWSER,
  async (t) => {
    const cwd = t.testdir({ 'rows.csv': classCsv(), 'some.json': SOME });
    const browser = await openBrowser(t);
    const run = await watched([...CLASSES, '--config', 'some.json', '--out', 'kept.tutti'], cwd);
    t.teardown(() => run.kill('SIGKILL'));
    const { page, problems } = await browser.open(run.url);
    await until(page, "document.querySelectorAll('#members .finished').length === 2");
    // By the keyboard alone.
    await page.locator('#stop').focus();
    await page.keyboard.press('Enter');
    t.equal(await page.locator('#stop-dialog').isVisible(), true);
    t.match(await textOf(page, '#stop-dialog'), /Members that are finished are kept and saved/);
    t.same(await seriousFindings(page), []);
    await page.keyboard.press('Escape');
    t.equal(await page.locator('#stop-dialog').isVisible(), false);
    t.equal(await page.locator('#phase').textContent(), 'Training');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until(page, "document.querySelector('#phase').dataset.phase === 'interrupted'");
    t.equal((await run.result).status, 130);
    t.equal(await textOf(page, '#headline'), 'Interrupted with 2 of 4 members finished');
    t.match(await textOf(page, '#saved'), /kept\.tutti/);
    t.match(await textOf(page, '#next'), /^tutti extend kept\.tutti rows\.csv --out WHOLE\.tutti/);
    t.ok(existsSync(join(cwd, 'kept.tutti')));
    t.same(problems, []);
  },
);

t.test('a run that dies is a lost connection, in words', NEEDS_BROWSER, async (t) => {
  const cwd = t.testdir({ 'rows.csv': classCsv(), 'some.json': SOME });
  const browser = await openBrowser(t);
  const run = await watched([...CLASSES, '--config', 'some.json'], cwd);
  const { page } = await browser.open(run.url);
  await until(page, "document.querySelectorAll('#members .finished').length === 2");
  run.kill('SIGKILL');
  await until(page, "!document.querySelector('#lost').hidden");
  t.match(await textOf(page, '#lost'), /The connection is lost/);
  t.equal(await page.locator('#members .finished').count(), 2, 'what was heard is still there');
  await run.result;
});

t.test('cut off, it says so, and takes up again where the run is by then', NEEDS_BROWSER, async (t) => {
  const sockets = new Set<Socket>();
  const remember = (message: unknown) => sockets.add((message as { socket: Socket }).socket);
  subscribe('http.server.request.start', remember);
  t.teardown(() => unsubscribe('http.server.request.start', remember));
  const head = { command: 'train', file: 'rows.csv', out: null, kept: false, stays: false, data: [] };
  const live = await openLivePage({ head, port: 0, onStop: () => undefined });
  const browser = await openBrowser(t);
  const { page } = await browser.open(live.url);
  const says = (text: string) => `document.querySelector('#log').textContent.includes('${text}')`;
  live.note('before');
  await until(page, says('before'));
  for (const socket of sockets) socket.destroy();
  await until(page, "!document.querySelector('#lost').hidden");
  live.note('while it was away');
  await until(page, `document.querySelector('#lost').hidden && ${says('while it was away')}`);
  t.equal(await page.locator('#log li').count(), 2);
  live.note('after');
  await until(page, says('after'));
  await live.close();
  await until(page, "!document.querySelector('#closed').hidden");
});

for (const { name, colorScheme, viewport } of LOOKS) {
  t.test(
    `${name}: legible, no wider than the window, and all of it by keyboard`,
    NEEDS_BROWSER,
    async (t) => {
      const cwd = t.testdir({ 'rows.csv': valueCsv(), 'some.json': SOME });
      const browser = await openBrowser(t);
      const run = await watched(
        ['train', 'rows.csv', '--target', 'y', ...NETWORK, '--config', 'some.json'],
        cwd,
      );
      t.teardown(() => run.kill('SIGKILL'));
      const { page, problems } = await browser.open(run.url, { colorScheme, viewport });
      await until(page, "document.querySelectorAll('#arrivals > svg circle').length === 2");
      t.equal(await isTooWide(page), false);
      t.same(await seriousFindings(page), []);
      const dark = (await page.evaluate(
        'getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).every((part) => part < 60)',
      )) as boolean;
      t.equal(dark, colorScheme === 'dark');
      const order = await tabOrder(page);
      for (const id of ['a#Skip to the content', 'button#stop'])
        t.ok(order.includes(id), `${id} in ${order.join(', ')}`);
      t.same(problems, []);
    },
  );
}

// Takes the pictures of the report in docs/images, with the Chromium of the system: `node dist/scripts/figures/report.js`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { loadData, openTable, reportEnsemble, trainEnsemble } from '../../src/index.js';
import { ROOT } from '../support/guide.js';

const DATA = join(ROOT, 'data/digits.csv');
const PICTURES = [
  { name: 'report', colorScheme: 'light', viewport: { width: 1280, height: 1000 } },
  { name: 'report-phone', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const;

const { train } = await loadData(DATA, { target: 'digit', testShare: 0.3, seed: 1 });
const ensemble = await trainEnsemble(train, { members: 16, seed: 1 });
const { html } = await reportEnsemble(ensemble, await openTable(DATA), { title: 'digits.tutti' });

const folder = mkdtempSync(join(tmpdir(), 'tutti-report-'));
const page = join(folder, 'report.html');
writeFileSync(page, html);
const browser = await chromium.launch({
  executablePath: process.env.TUTTI_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
for (const { name, colorScheme, viewport } of PICTURES) {
  const context = await browser.newContext({ colorScheme, viewport });
  const opened = await context.newPage();
  await opened.goto(pathToFileURL(page).href);
  await opened.screenshot({ path: join(ROOT, 'docs/images', `${name}.png`) });
  await context.close();
}
await browser.close();
rmSync(folder, { recursive: true });

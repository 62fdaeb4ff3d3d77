// tutti/predict in a real browser, on a page and in a worker, served without any header that would let memory be shared: the
// same answers to the bit as from the trainer in Node.js.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import t from 'tap';
import type { Ensemble } from '../../src/index.js';
import { CASES, PREDICT_FILE } from '../portable/support.js';
import { NEEDS_BROWSER, openBrowser } from './support.js';

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', wasm: 'application/wasm' };

/** Asks for SHA-256 of what the ensemble says of the rows, as a page and as a worker do. */
const ASK = `
  const { openEnsemble } = await import('/predict.js');
  const ensemble = await openEnsemble('/NAME/e.tutti');
  const bytes = await (await fetch('/NAME/rows')).arrayBuffer();
  const { mean } = await ensemble.predict(new Float32Array(bytes));
  const [one] = [await ensemble.predict(new Float32Array(bytes).slice(0, ensemble.features))];
  const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(mean.buffer, mean.byteOffset, mean.byteLength));
  const answer = { hash: Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, '0')).join(''),
    content: ensemble.contentHash(), one: [...one.mean], shares: typeof SharedArrayBuffer };
`;

t.test('in Chromium', NEEDS_BROWSER, async (t) => {
  const files = new Map<string, Uint8Array>([
    ['/', Buffer.from('<!doctype html><title>predict</title><link rel="icon" href="data:,">')],
  ]);
  const lib = readdirSync(new URL('.', PREDICT_FILE));
  for (const name of lib.filter((file) => /^predict.*\.js$|\.wasm$/.test(file))) {
    files.set(`/${name}`, readFileSync(new URL(name, PREDICT_FILE)));
  }
  const cases: { name: string; ensemble: Ensemble; rows: Float32Array }[] = [];
  for (const [at, [name, make]] of Object.entries(CASES).entries()) {
    const { ensemble, rows } = await make();
    cases.push({ name, ensemble, rows });
    files.set(`/${at}/e.tutti`, await ensemble.toBytes());
    files.set(`/${at}/rows`, new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
    files.set(`/${at}/worker.js`, Buffer.from(`${ASK.replaceAll('NAME', String(at))} postMessage(answer);`));
  }
  const server = createServer(({ url = '' }, response) => {
    const file = files.get(url);
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[url.split('.')[1] ?? ''] ?? 'text/html' }).end(file);
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const browser = await openBrowser(t);
  const { page, problems } = await browser.open(`http://127.0.0.1:${address.port}/`);
  for (const [at, { name, ensemble, rows }] of cases.entries()) {
    const { mean } = await ensemble.predict(rows);
    const expected = {
      hash: createHash('sha256')
        .update(new Uint8Array(mean.buffer, mean.byteOffset, mean.byteLength))
        .digest('hex'),
      content: ensemble.contentHash(),
      one: [...(await ensemble.predict(rows.slice(0, ensemble.features))).mean],
    };
    const onPage = await page.evaluate(
      `(async () => { ${ASK.replaceAll('NAME', String(at))} return answer; })()`,
    );
    t.strictSame(onPage, { ...expected, shares: 'undefined' }, `${name}, on a page`);
    const inWorker = await page.evaluate(`new Promise((resolve, reject) => {
      const worker = new Worker('/${at}/worker.js', { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    })`);
    t.strictSame(inWorker, onPage, `${name}, in a worker`);
  }
  t.same(problems, []);
});

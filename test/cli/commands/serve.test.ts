// `tutti serve` as a process: its address on standard output, its log on standard error, and its end.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { RequestLog } from '../../../src/cli/text/request-log.js';
import { Dataset, Ensemble, loadEnsemble, saveEnsemble, trainEnsemble } from '../../../src/index.js';
import { CHILD_ENV, classCsv, MAIN, QUICK, tutti, tuttiProcess } from '../support.js';

const cwd = t.testdir({ 'rows.csv': classCsv() });
await tutti(['train', 'rows.csv', '--target', 'label', ...QUICK, '--out', 'e.tutti'], { cwd });
const ensemble = await Ensemble.load(join(cwd, 'e.tutti'));
const [head, ...lines] = readFileSync(join(cwd, 'rows.csv'), 'utf8').trimEnd().split('\n');
const records = lines.map((line) => {
  const [x1, x2] = line.split(',').map(Number);
  return { x1: x1!, x2: x2! };
});

interface Running {
  readonly url: string;
  /** Everything on standard error so far. */
  said(): string;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

async function serve(t: Test, ...args: string[]): Promise<Running> {
  const child = spawn(process.execPath, [MAIN, 'serve', ...args], { cwd, env: CHILD_ENV });
  t.teardown(() => child.kill('SIGKILL'));
  let [out, said] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close');
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  while (!out.includes('\n'))
    await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error(said)))]);
  return {
    url: out.trim(),
    said: () => said,
    async end(signal) {
      child.kill(signal);
      const [status] = await ended;
      return status as number | null;
    },
  };
}

t.test('it answers until SIGTERM, and says what it answered', async (t) => {
  const server = await serve(t, 'e.tutti', '--port', '0', '--max-rows', '50', '--threads', '2');
  t.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(records.slice(0, 5));
  const answer = await fetch(`${server.url}/predict`, { method: 'POST', headers, body });
  t.strictSame(await answer.json(), JSON.parse(JSON.stringify(await ensemble.predict(records.slice(0, 5)))));
  const csv = [head, ...lines].join('\n');
  const many = await fetch(`${server.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: csv,
  });
  t.equal(many.status, 413);
  t.match(await (await fetch(`${server.url}/model`)).json(), {
    name: 'e',
    contentHash: ensemble.contentHash(),
  });
  t.equal(await server.end('SIGTERM'), 0);
  const said = server.said();
  t.match(said, /^e\.tutti: 3 members answer; POST records or CSV to \/predict\n/);
  t.match(said, /\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 200 POST \/predict 5 rows [\d.]+ ms\n/);
  t.match(said, / 413 POST \/predict ERR_REQUEST /);
  t.match(said, / 200 GET \/model /);
  t.match(said, /ending: requests under way are answered\n$/);
  t.notMatch(said, /beyond this machine/);
});

t.test('with --quiet it says its address alone, and nothing of who listens beyond the machine', async (t) => {
  const server = await serve(t, 'e.tutti', '--port', '0', '--quiet');
  t.equal((await fetch(`${server.url}/health`)).status, 200);
  t.equal(await server.end('SIGINT'), 0);
  t.equal(server.said(), '');
});

t.test('it says when others can reach it', async (t) => {
  const server = await serve(t, 'e.tutti', '--port', '0', '--host', '0.0.0.0');
  await server.end('SIGTERM');
  t.match(server.said(), /It listens beyond this machine/);
});

t.test('an ensemble of arrays is served too', async (t) => {
  const train = Dataset.fromArrays({ x: [1, 2, 3, 4, 5, 6], rows: 3, features: 2, targets: [1, 2, 3] });
  await saveEnsemble(
    await trainEnsemble(train, { members: 1, hidden: [2], epochs: 1, seed: 1, earlyStopping: 'none' }),
    join(cwd, 'a.tutti'),
  );
  const server = await serve(t, 'a.tutti', '--port', '0', '--name', 'arrays');
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '[[1,2]]' };
  const [answer] = (await (await fetch(`${server.url}/predict`, init)).json()) as { value: number }[];
  t.equal(answer!.value, await onlyValue());
  await server.end('SIGTERM');
});

async function onlyValue(): Promise<number> {
  const { mean } = await new Ensemble(await loadEnsemble(join(cwd, 'a.tutti'))).predict([1, 2]);
  return mean[0]!;
}

t.test('what it cannot serve, or listen on, is one line', async (t) => {
  for (const [args, message] of [
    [['rows.csv'], /rows\.csv/],
    [['e.tutti', '--port', '70000'], /Expected `--port` to be an integer from 0 to 65535, got 70000/],
    [['e.tutti', '--max-rows', '0'], /`--max-rows` to be an integer ≥ 1/],
    [['e.tutti', '--clip'], /`--clip`/],
    [['e.tutti', '--host', 'no such host'], /`--host`/],
  ] as const) {
    const { status, stderr } = await tuttiProcess(['serve', ...args], { cwd });
    t.equal(status, 2);
    t.match(stderr, message);
    t.equal(stderr.trimEnd().split('\n').length, 1);
  }
});

t.test('the log has so many lines a second, and one for all others', async (t) => {
  const said: string[] = [];
  const log = new RequestLog((line) => said.push(line), true);
  for (let i = 0; i < 120; i++)
    log.add({
      method: 'POST',
      path: '/predict',
      status: i % 40 === 39 ? 422 : 200,
      rows: 1,
      milliseconds: i,
    });
  log.end('over');
  t.equal(said.length, 22);
  t.match(said[0], /^\d\d:\d\d:\d\d 200 POST \/predict 1 row 0\.0 ms$/);
  t.match(said[20], /… 100 more requests, 3 refusals: half within 70 ms, 99 % within 119 ms$/);
  t.match(said[21], /over$/);
  log.add({ method: '', path: '', status: 400, rows: 0, milliseconds: 0, code: 'ERR_REQUEST' });
  const broken = {
    ...{ method: 'POST', path: '/predict', status: 500, rows: 0, milliseconds: 2 },
    ...{ code: 'ERR_LEARNER', error: new Error('broke') },
  };
  log.add(broken);
  log.add(broken);
  log.close();
  t.match(said[22], /400 what is no request ERR_REQUEST/);
  t.match(said.slice(23, 25), [/500 POST \/predict ERR_LEARNER/, /broke/]);
  t.match(said.slice(25), [/500 POST \/predict ERR_LEARNER/], 'what failed is said once a second');
  t.equal(said.length, 26);
});

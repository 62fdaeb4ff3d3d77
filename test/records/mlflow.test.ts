// Records on an MLflow server: which calls it gets, and that a server that fails costs a warning and nothing else.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { checkMlflowUrl } from '../../src/records/mlflow.js';
import { type LogOptions, TrainingLog } from '../../src/records/training-log.js';
import { ensembleReport } from '../../src/report/ensemble-report.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(60, 4, 2);
const OPTIONS = { members: 3, hidden: [4], epochs: 4, seed: 7 } as const;

/** What requests of all kinds hold. */
interface Body {
  readonly run_id?: string;
  readonly tags?: readonly object[];
  readonly params?: readonly { readonly key: string; readonly value: string }[];
  readonly metrics?: readonly { readonly key: string; readonly value: number; readonly step: number }[];
}

interface Call {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Body;
}

/** A server that answers as MLflow does, and writes down what it was asked. */
async function fakeServer(
  t: Test,
  answer: (call: Call) => { status: number; body: unknown } | null = () => null,
) {
  const calls: Call[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = request.url!.replace('/api/2.0/mlflow/', '');
    const call = {
      path,
      authorization: request.headers.authorization,
      body: text === '' ? {} : JSON.parse(text),
    };
    calls.push(call);
    const { status, body } = answer(call) ?? usual(path);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

function usual(path: string): { status: number; body: unknown } {
  if (path.startsWith('experiments/get-by-name'))
    return { status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST' } };
  if (path === 'experiments/create') return { status: 200, body: { experiment_id: '12' } };
  if (path === 'runs/create') return { status: 200, body: { run: { info: { run_id: 'r1' } } } };
  return { status: 200, body: {} };
}

async function logTo(folder: string, mlflow: LogOptions['mlflow'], command: 'train' | 'resume' = 'train') {
  const warnings: string[] = [];
  const { rows, features, hash: datasetHash } = dataset;
  const training = { command, seed: 7, datasetHash, task: 'classification', rows, features } as const;
  const log = await TrainingLog.open(folder, { training, mlflow, warn: (text) => warnings.push(text) });
  return { log, warnings };
}

t.test('a training is a run with its parameters, every epoch of every member, and its scores', async (t) => {
  const { url, calls } = await fakeServer(t);
  const folder = join(t.testdir(), 'log');
  const { log, warnings } = await logTo(folder, { url, experiment: 'ä b', token: 's3cret' });
  const ensemble = await trainEnsemble(dataset, OPTIONS, log.watcher);
  const test = await evaluateEnsemble(ensemble, dataset, { replicates: 0, curves: false });
  await log.end('finished', ensemble, ensembleReport(ensemble, { test }));
  t.same(warnings, []);
  t.ok(calls.every(({ authorization }) => authorization === 'Bearer s3cret'));
  t.same(
    calls.slice(0, 3).map(({ path }) => path),
    ['experiments/get-by-name?experiment_name=%C3%A4%20b', 'experiments/create', 'runs/create'],
  );
  t.same(calls[1]!.body, { name: 'ä b' });
  t.match(calls[2]!.body, { experiment_id: '12', run_name: 'tutti seed 7', start_time: Number });
  t.match(calls[2]!.body.tags!, [{ key: 'mlflow.source.name', value: 'tutti' }]);
  const batches = calls.filter(({ path }) => path === 'runs/log-batch').map(({ body }) => body);
  t.ok(batches.every(({ run_id }) => run_id === 'r1'));
  const parameters = Object.fromEntries(
    batches.flatMap(({ params = [] }) => params).map(({ key, value }) => [key, value]),
  );
  t.match(parameters, { seed: '7', members: '3', epochs: '4', 'optimizer.kind': 'adam' });
  const metrics = batches.flatMap(({ metrics: own = [] }) => own);
  for (const { index, history } of ensemble.members)
    t.same(
      metrics.filter(({ key }) => key === `member-00${index}/loss`).map(({ step, value }) => [step, value]),
      history.map(({ epoch, loss }) => [epoch, loss]),
    );
  t.match(
    metrics.filter(({ key }) => key === 'test/accuracy'),
    [{ value: test.ensemble!.accuracy, step: 3, timestamp: Number }],
  );
  t.match(calls.at(-1), {
    path: 'runs/update',
    body: { run_id: 'r1', status: 'FINISHED', end_time: Number },
  });
});

t.test('a request holds a thousand metrics at most', async (t) => {
  const { url, calls } = await fakeServer(t);
  const { log } = await logTo(join(t.testdir(), 'log'), { url, experiment: 'x' });
  for (let epoch = 1; epoch <= 1300; epoch++) log.epoch(0, { epoch, loss: 1 / epoch, learningRate: 0.1 });
  await log.end('interrupted');
  const sizes = calls.filter(({ path }) => path === 'runs/log-batch').map(({ body }) => body.metrics!.length);
  t.ok(sizes.every((size) => size <= 1000));
  t.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    2600,
  );
  t.match(calls.at(-1)!.body, { status: 'KILLED' });
});

t.test('a training that is gone on with goes on in its run', async (t) => {
  const { url, calls } = await fakeServer(t);
  const folder = join(t.testdir(), 'log');
  const first = await logTo(folder, { url, experiment: 'x' });
  first.log.epoch(0, { epoch: 1, loss: 2, learningRate: 0.1 });
  await first.log.end('interrupted');
  const before = calls.length;
  const second = await logTo(folder, { url, experiment: 'x' }, 'resume');
  second.log.epoch(0, { epoch: 1, loss: 2, learningRate: 0.1 });
  second.log.epoch(0, { epoch: 2, loss: 1, learningRate: 0.1 });
  await second.log.end('finished');
  const later = calls.slice(before);
  t.match(later[0], { path: 'runs/update', body: { run_id: 'r1', status: 'RUNNING' } });
  t.notOk(later.some(({ path }) => path === 'runs/create'));
  const metrics = later.flatMap(({ body }) => body.metrics ?? []);
  t.same(
    metrics.map(({ key, step }) => [key, step]),
    [
      ['member-000/loss', 2],
      ['member-000/learningRate', 2],
    ],
  );
});

t.test('a server that fails, answers nonsense or is not there costs one warning', async (t) => {
  const failing = await fakeServer(t, ({ path }) =>
    path === 'runs/log-batch' ? { status: 500, body: { message: 'disk full' } } : null,
  );
  const strange = await fakeServer(t, ({ path }) =>
    path === 'runs/create' ? { status: 200, body: [] } : null,
  );
  const elsewhere = await fakeServer(t, () => ({ status: 404, body: {} }));
  const servers = [
    [failing.url, /runs\/log-batch: 500 .*disk full/],
    [strange.url, /the answer has no run\.info\.run_id/],
    [elsewhere.url, /experiments\/create: 404/],
    ['http://127.0.0.1:1', /fetch failed \(.*\)/],
  ] as const;
  for (const [url, problem] of servers) {
    const folder = join(t.testdir(), 'log');
    const { log, warnings } = await logTo(folder, { url, experiment: 'x' });
    const ensemble = await trainEnsemble(dataset, OPTIONS, log.watcher);
    await log.end('finished', ensemble);
    t.equal(warnings.length, 1, url);
    t.match(warnings[0], problem);
    t.match(warnings[0], /^Recording at http.* has ended: .*; the training goes on$/);
    const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
    t.match(JSON.parse(lines.at(-1)!), { type: 'end', status: 'finished' });
  }
});

t.test('a token goes to no other server than the one that is named', async (t) => {
  const other = await fakeServer(t);
  const server = createServer((_, response) => {
    response.writeHead(307, { Location: `${other.url}/api/2.0/mlflow/experiments/create` }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { log, warnings } = await logTo(join(t.testdir(), 'log'), { url, experiment: 'x', token: 's3cret' });
  await log.end('finished');
  t.equal(warnings.length, 1);
  t.same(other.calls, []);
});

t.test('an address is http or https, and has no password', async (t) => {
  t.equal(checkMlflowUrl('http://localhost:5000/'), 'http://localhost:5000');
  t.equal(checkMlflowUrl('https://host/mlflow'), 'https://host/mlflow');
  for (const other of ['localhost:5000', 'file:///etc/passwd', '', 5, undefined, 'ftp://x'])
    t.throws(() => checkMlflowUrl(other), {
      code: 'ERR_OPTION',
      message: /Expected `mlflow` to be the address of a server/,
    });
  t.throws(() => checkMlflowUrl('http://me:pw@host'), {
    message:
      'Expected `mlflow` to be an address without a password, which MLFLOW_TRACKING_TOKEN is for, got "one with it"',
  });
});

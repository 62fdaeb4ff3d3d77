// A training's folder of records: what stands in it, that watching changes no byte, that going on records nothing twice,
// and what is refused.

import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { contentHash } from '../../src/bundle/content-hash.js';
import type { Dataset } from '../../src/data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import { type LogOptions, TrainingLog } from '../../src/records/training-log.js';
import { ensembleReport } from '../../src/report/ensemble-report.js';
import { extendEnsemble } from '../../src/training/extend-ensemble.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';
import { readRun } from './decode-events.js';

const OPTIONS = { resample: 'bootstrap', members: 3, hidden: [4], epochs: 5, seed: 7 } as const;
const START = Date.parse('2026-03-01T12:00:00.000Z');

const train = clusters(90, 4, 2);
const test = clusters(60, 4, 2);

/** A log whose clock goes on by a millisecond each time. */
async function logOf(
  folder: string,
  dataset: Dataset,
  more: Partial<LogOptions['training']> = {},
  from = START,
) {
  let at = from;
  const warnings: string[] = [];
  const { task, rows, features, hash: datasetHash } = dataset;
  const training = {
    command: 'train',
    seed: 7,
    datasetHash,
    task: task.kind,
    rows,
    features,
    ...more,
  } as const;
  const log = await TrainingLog.open(folder, {
    training,
    warn: (text) => warnings.push(text),
    now: () => at++,
  });
  return { log, warnings };
}

async function reportOf(ensemble: TrainedEnsemble) {
  return ensembleReport(ensemble, {
    outOfBag: await evaluateOutOfBag(ensemble, train, { replicates: 0 }),
    test: await evaluateEnsemble(ensemble, test, { replicates: 0, curves: false }),
  });
}

function linesOf(folder: string): Record<string, unknown>[] {
  const texts = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').split('\n').slice(0, -1);
  return texts.map((text) => JSON.parse(text));
}

/** Epoch lines as member, epoch, loss, without those that a restart voids. */
function epochsOf(lines: readonly Record<string, unknown>[]) {
  let epochs: unknown[][] = [];
  for (const { type, member, epoch, loss } of lines) {
    if (type === 'restart') epochs = epochs.filter(([own]) => own !== member);
    if (type === 'epoch') epochs.push([member, epoch, loss]);
  }
  return epochs.sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]));
}

const historiesOf = ({ members }: TrainedEnsemble) =>
  members.flatMap(({ index, history }) => history.map(({ epoch, loss }) => [index, epoch, loss]));

t.test(
  'a folder has every epoch, member and score under stable names, and the bytes of the members are the same',
  async (t) => {
    const folder = join(t.testdir(), 'log');
    const { log, warnings } = await logOf(folder, train);
    const ensemble = await trainEnsemble(train, OPTIONS, log.watcher);
    const report = await reportOf(ensemble);
    await log.end('finished', ensemble, report);
    t.equal(contentHash(ensemble), contentHash(await trainEnsemble(train, OPTIONS)));
    t.same(warnings, []);

    const lines = linesOf(folder);
    t.match(lines[0], {
      ...{ type: 'run', schema: 'tutti.records/1', command: 'train', seed: 7, task: 'classification' },
      ...{ time: '2026-03-01T12:00:00.000Z', rows: 90, features: 4, datasetHash: train.hash },
    });
    t.same(epochsOf(lines), historiesOf(ensemble));
    t.same(
      lines.filter(({ type }) => type === 'member').map(({ member, epochs }) => [member, epochs]),
      ensemble.members.map(({ index, history }) => [index, history.length]),
    );
    const { v, c, rho } = report.test!.errorCorrelation;
    t.match(
      lines.find(({ type, rows }) => type === 'scores' && rows === 'test'),
      {
        metrics: {
          accuracy: report.test!.ensemble!.accuracy,
          v,
          c,
          rho,
          'meanMember/logLoss': report.test!.meanMember.logLoss,
        },
      },
    );
    t.match(lines.at(-1), { type: 'end', status: 'finished', members: 3, planned: 3 });
  },
);

t.test('TensorBoard has a run per member and one of the ensemble', async (t) => {
  const folder = join(t.testdir(), 'log');
  const { log } = await logOf(folder, train);
  const ensemble = await trainEnsemble(train, OPTIONS, log.watcher);
  const report = await reportOf(ensemble);
  await log.end('finished', ensemble, report);
  const runs = join(folder, 'tensorboard');
  t.same(readdirSync(runs).sort(), ['ensemble', 'member-000', 'member-001', 'member-002']);
  for (const { index, history } of ensemble.members) {
    const run = readRun(join(runs, `member-00${index}`));
    t.equal(run.version, 'brain.Event:2');
    t.equal(run.status, 1);
    t.match(run.parameters, { epochs: 5, 'optimizer.kind': 'adam', loss: 'softmaxCrossEntropy' });
    const losses = run.scalars.filter(({ tag }) => tag === 'loss');
    t.same(
      losses.map(({ step, value }) => [step, value]),
      history.map(({ epoch, loss }) => [epoch, Math.fround(loss)]),
    );
    t.ok(losses.every(({ wallTime }) => wallTime >= START / 1000 && wallTime < START / 1000 + 1));
  }
  const { scalars, parameters } = readRun(join(runs, 'ensemble'));
  t.match(parameters, { seed: 7, members: 3, epochs: 5 });
  const valuesOf = (tag: string) => scalars.filter((scalar) => scalar.tag === tag);
  t.match(valuesOf('test/accuracy'), [{ step: 3, value: Math.fround(report.test!.ensemble!.accuracy!) }]);
  for (const name of ['v', 'c', 'rho'] as const)
    t.match(valuesOf(`outOfBag/${name}`), [{ value: Math.fround(report.outOfBag!.errorCorrelation[name]!) }]);
  t.same(
    valuesOf('test/curve/squaredError').map(({ step, value }) => [step, value]),
    report.test!.errorCorrelation.curve.map(({ memberCount, squaredError }) => [
      memberCount,
      Math.fround(squaredError),
    ]),
  );
  const means = [1, 2, 3, 4, 5].map((epoch) => {
    const losses = ensemble.members.map(({ history }) => history.find((own) => own.epoch === epoch)!.loss);
    return Math.fround((losses[0]! + losses[1]! + losses[2]!) / 3);
  });
  t.same(
    valuesOf('loss').map(({ value }) => value),
    means,
  );
});

t.test(
  'the layout of DVCLive: newest values, a table per number, parameters, and where it all is',
  async (t) => {
    const folder = join(t.testdir(), 'log');
    const { log } = await logOf(folder, train);
    const ensemble = await trainEnsemble(train, OPTIONS, log.watcher);
    const report = await reportOf(ensemble);
    await log.end('finished', ensemble, report);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    t.match(JSON.parse(read('metrics.json')), {
      step: 5,
      test: {
        accuracy: report.test!.ensemble!.accuracy,
        meanMember: { accuracy: report.test!.meanMember.accuracy },
      },
      outOfBag: { rho: report.outOfBag!.errorCorrelation.rho },
    });
    const [head, ...rows] = read('plots/metrics/member-001/loss.tsv').trimEnd().split('\n');
    t.equal(head, 'timestamp\tstep\tloss');
    t.same(
      rows.map((row) => row.split('\t').map(Number).slice(1)),
      ensemble.members[1]!.history.map(({ epoch, loss }) => [epoch, loss]),
    );
    t.ok(rows.every((row) => Number(row.split('\t')[0]) >= START));
    t.match(parse(read('params.yaml')), { seed: 7, members: 3, epochs: 5 });
    t.match(parse(read('dvc.yaml')), {
      params: ['params.yaml'],
      metrics: ['metrics.json'],
      plots: [{ 'plots/metrics': { x: 'step' } }],
    });
  },
);

t.test('cut off anywhere, a folder is readable and goes on without a line twice', async (t) => {
  const cwd = t.testdir();
  const { log } = await logOf(join(cwd, 'whole'), train);
  const ensemble = await trainEnsemble(train, OPTIONS, log.watcher);
  await log.end('finished', ensemble, await reportOf(ensemble));
  const bytes = readFileSync(join(cwd, 'whole', 'metrics.jsonl'));
  for (const share of [0, 0.1, 0.37, 0.5, 0.83, 1]) {
    const folder = join(cwd, `cut-${share}`);
    cpSync(join(cwd, 'whole'), folder, { recursive: true });
    truncateSync(join(folder, 'metrics.jsonl'), Math.floor(share * bytes.length));
    const more = await logOf(folder, train, { command: 'resume' }, START + 100_000);
    const again = await trainEnsemble(train, OPTIONS, more.log.watcher);
    await more.log.end('finished', again);
    const lines = linesOf(folder);
    t.same(epochsOf(lines), historiesOf(ensemble), `${share}`);
    t.equal(lines.filter(({ type }) => type === 'member').length, 3);
    t.equal(lines.filter(({ type }) => type === 'restart').length, 0);
    const table = readFileSync(join(folder, 'plots/metrics/member-002/loss.tsv'), 'utf8')
      .trimEnd()
      .split('\n');
    t.same(
      table.slice(1).map((row) => Number(row.split('\t')[1])),
      [1, 2, 3, 4, 5],
    );
  }
});

t.test('a member that begins again voids its epochs in every kind of record', async (t) => {
  const folder = join(t.testdir(), 'log');
  const { log } = await logOf(folder, train);
  const epoch = (number: number, loss: number) => ({ epoch: number, loss, learningRate: 0.1 });
  for (const own of [epoch(1, 4), epoch(2, 3)]) log.epoch(0, own);
  // Told again, as it was: a lost thread's work repeated.
  log.epoch(0, epoch(2, 3));
  for (const own of [epoch(1, 2), epoch(2, 1)]) log.epoch(0, own);
  await log.end('failed');
  t.same(epochsOf(linesOf(folder)), [
    [0, 1, 2],
    [0, 2, 1],
  ]);
  t.equal(linesOf(folder).filter(({ type }) => type === 'restart').length, 1);
  t.match(linesOf(folder).at(-1), { type: 'end', status: 'failed', members: 0 });
  t.same(
    readFileSync(join(folder, 'plots/metrics/member-000/loss.tsv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.split('\t').slice(1)),
    [
      ['1', '2'],
      ['2', '1'],
    ],
  );
  const { restarts, scalars } = readRun(join(folder, 'tensorboard/member-000'));
  t.same(restarts, [0]);
  t.same(
    scalars.filter(({ tag }) => tag === 'loss').map(({ step, value }) => [step, value]),
    [
      [1, 4],
      [2, 3],
      [1, 2],
      [2, 1],
    ],
  );
});

t.test('more members of an ensemble go on in its folder, in event files of their own', async (t) => {
  const folder = join(t.testdir(), 'log');
  const { log } = await logOf(folder, train);
  const two = await trainEnsemble(train, { ...OPTIONS, members: 2 }, log.watcher);
  await log.end('finished', two);
  const more = await logOf(folder, train, { command: 'extend' }, START + 5000);
  const four = await extendEnsemble(two, train, { members: 4 }, more.log.watcher);
  await more.log.end('finished', four, await reportOf(four));
  t.same(epochsOf(linesOf(folder)), historiesOf(four));
  t.equal(readdirSync(join(folder, 'tensorboard/ensemble')).length, 2);
  t.equal(readdirSync(join(folder, 'tensorboard/member-000')).length, 1);
  t.equal(readdirSync(join(folder, 'tensorboard/member-003')).length, 1);
  // In a folder of its own, too, everything of the members that were there is told.
  const other = await logOf(`${folder}-2`, train, { command: 'extend' });
  await extendEnsemble(two, train, { members: 4 }, other.log.watcher);
  await other.log.end('finished', four);
  t.same(epochsOf(linesOf(`${folder}-2`)), historiesOf(four));
});

t.test('several targets are numbers of their own, whatever their names', async (t) => {
  const dataset = linear(80, 3, 2);
  const folder = join(t.testdir(), 'log');
  const { log } = await logOf(folder, dataset);
  const ensemble = await trainEnsemble(dataset, OPTIONS, log.watcher);
  const named = {
    ...ensemble,
    task: { kind: 'regression', targets: ['a/b', '__proto__'] },
  } as typeof ensemble;
  const outOfBag = await evaluateOutOfBag(ensemble, dataset, { replicates: 0 });
  await log.end('finished', ensemble, ensembleReport(named, { outOfBag }));
  const [first, second] = outOfBag!.ensemble!.rmse!;
  const { metrics } = linesOf(folder).find(({ type }) => type === 'scores') as {
    metrics: Record<string, number>;
  };
  t.equal(metrics['rmse/a/b'], first);
  t.equal(metrics['rmse/__proto__'], second);
  const stored = JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8')).outOfBag;
  t.equal(stored['rmse/a/b'], first);
});

t.test(
  'a folder with anything else, or of another training, is refused before anything is written',
  async (t) => {
    const cwd = t.testdir({
      full: { 'thesis.txt': 'x' },
      file: 'x',
      bad: { 'metrics.jsonl': '{"type":"run"}\n' },
    });
    const at = (name: string) => join(cwd, name);
    await t.rejects(logOf(at('full'), train), {
      code: 'ERR_OPTION',
      message: `Expected \`log\` to be a folder that is empty or not there, got ${at('full')}, which holds other files`,
    });
    t.same(readdirSync(at('full')), ['thesis.txt']);
    await t.rejects(logOf(at('file'), train), {
      code: 'ERR_FILE',
      message: /Cannot write records in .*file: /,
    });
    await t.rejects(logOf(at('bad'), train, { command: 'resume' }), {
      code: 'ERR_DATA',
      message: /something else in line 1$/,
    });
    writeFileSync(at('loose'), 'precious, without a line');
    for (const link of [true, false]) {
      const folder = at(`strange-${link}`);
      mkdirSync(folder);
      if (link) symlinkSync(at('loose'), join(folder, 'metrics.jsonl'));
      else writeFileSync(join(folder, 'metrics.jsonl'), 'precious, without a line');
      await t.rejects(logOf(folder, train, { command: 'resume' }), { code: 'ERR_OPTION' });
      t.equal(readFileSync(join(folder, 'metrics.jsonl'), 'utf8'), 'precious, without a line');
    }
    const { log } = await logOf(at('mine'), train);
    await log.end('finished');
    const anew = /which holds records of another training$/;
    await t.rejects(logOf(at('mine'), train), { code: 'ERR_OPTION', message: anew });
    await t.rejects(logOf(at('mine'), train, { command: 'resume', seed: 8 }), {
      code: 'ERR_OPTION',
      message: anew,
    });
    await t.rejects(logOf(at('mine'), test, { command: 'resume', datasetHash: 'f00' }), { message: anew });
    t.ok(await logOf(at('mine'), train, { command: 'resume' }));
  },
);

t.test('what can be written no more is said once, and the training goes on', async (t) => {
  const folder = join(t.testdir(), 'log');
  const { log, warnings } = await logOf(folder, train);
  // In place of the folder a file, in which nothing can be made, whoever one is.
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  const ensemble = await trainEnsemble(train, OPTIONS, log.watcher);
  await log.end('finished', ensemble, await reportOf(ensemble));
  t.equal(warnings.length, 1);
  t.match(warnings[0], /^Recording in .*log has ended: .*; the training goes on$/);
  t.equal(readFileSync(folder, 'utf8'), '');
});

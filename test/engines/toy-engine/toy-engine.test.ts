// An engine of one's own is a folder and one line: trained inline and in a pool, alone and among others, it predicts,
// is measured, saved, loaded and described like any other.

import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../../src/bundle/load.js';
import { saveEnsemble } from '../../../src/bundle/save.js';
import { engines } from '../../../src/engines/registry.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { createPool, type Dataset, trainEnsemble } from '../../../src/index.js';
import { createInlineRunner } from '../../../src/training/thread/inline-runner.js';
import { clusters, linear } from '../../support/datasets.js';
import { TOY } from './definition.js';

const classes = clusters(90, 4, 3);
const numbers = linear(90, 4);

t.throws(() => engines.get(TOY.name), {
  code: 'ERR_OPTION',
  message: 'Expected `engine` to be one of wasm, neighbours, trees, tfjs, learner, got "toy"',
});

const engine = engines.add(TOY);
const ALONE = { engine, members: 3, seed: 2 } as const;

const { loadPredictor: _, ...incomplete } = TOY;
// @ts-expect-error What an engine must say does not compile without: here, what predicts.
const refused: Parameters<typeof engines.add>[0] = incomplete;
t.not(refused, TOY);

/** Threads know the engines that they load: those of {@link worker}, and this one. */
const runner = createInlineRunner();
const worker = join(import.meta.dirname, 'worker.js');

/** The shares of the classes, or the mean of the targets, among all rows. */
function answerOf({ rows, labels, targets, task }: Dataset): number[] {
  if (task.kind === 'regression') return [targets.reduce((sum, target) => sum + target, 0) / rows];
  return task.classes.map((_, own) => labels.filter((label) => label === own).length / rows);
}

for (const dataset of [classes, numbers]) {
  t.test(`it answers by its rows: ${dataset.task.kind}`, async (t) => {
    const all = await trainEnsemble(dataset, { ...ALONE, members: 1, resample: 'none' }, { runner });
    const { mean, outputs } = await predictEnsemble(all, dataset.x);
    const answer = answerOf(dataset);
    t.equal(outputs, answer.length);
    t.ok(mean.every((value, at) => Math.abs(value - answer[at % outputs]!) < 1e-5));
  });
}

t.test('any thread trains the same, and a file keeps it', async (t) => {
  const inline = await trainEnsemble(classes, ALONE, { runner });
  await using pool = createPool({ threads: 2, workerPath: worker });
  const pooled = await trainEnsemble(classes, ALONE, { runner: pool });
  t.equal(contentHash(pooled), contentHash(inline));
  const path = join(t.testdir(), 'toy.tutti');
  const saved = await saveEnsemble(inline, path);
  const loaded = await loadEnsemble(path);
  t.equal(contentHash(loaded), saved.contentHash);
  t.strictSame(await predictEnsemble(loaded, classes.x), await predictEnsemble(inline, classes.x));
});

t.test('it is one kind of an ensemble of several', async (t) => {
  const members = [{}, { engine }, { engine: 'neighbours' }, { engine }] as const;
  const mixed = await trainEnsemble(classes, { members, seed: 3, epochs: 3 }, { runner });
  const { kinds } = await evaluateEnsemble(mixed, classes);
  t.same(
    kinds.map(({ kind, memberIndices: those }) => [kind, those]),
    [
      ['network', [0]],
      ['toy', [1, 3]],
      ['neighbours', [2]],
    ],
  );
  t.type(await evaluateOutOfBag(mixed, classes), Object);
});

t.test('options that it does not use are refused', async (t) => {
  await t.rejects(trainEnsemble(classes, { ...ALONE, epochs: 3 }), {
    code: 'ERR_OPTION',
    message: 'Expected `engine` to be wasm or tfjs for a member when `epochs` is given, got "toy"',
  });
});

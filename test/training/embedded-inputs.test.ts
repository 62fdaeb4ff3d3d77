// Ensembles with embedded inputs: the same bytes on any threads, saved, exported, refused where they make no sense.

import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { WASM } from '../../src/engines/wasm/definition.js';
import { writeExport } from '../../src/exports/formats.js';
import {
  attackEnsemble,
  createInlineRunner,
  createPool,
  loadData,
  type TrainingOptions,
  trainEnsemble,
} from '../../src/index.js';
import { inputRuns } from '../../src/model/input-columns.js';
import { requireNetwork } from '../../src/model/network-members.js';
import { clusters } from '../support/datasets.js';
import { type ExportedJson, predictFromJson } from '../support/json-reader.js';
import { mixedRecords } from '../support/mixed-records.js';

const { records, target, fresh } = mixedRecords();
const { train } = await loadData(records, { target, impute: 'mean', unseen: 'ignore' });
const runner = createInlineRunner();
const OPTIONS: TrainingOptions = {
  ...{ seed: 4, epochs: 4, inputScale: true, categoryEmbedding: 'learned', categoryEmbeddingSize: 2 },
  members: [
    { numericEmbedding: 'periodic', embeddingFrequencies: 6 },
    { numericEmbedding: 'cosine', embeddingSize: 6 },
    { numericEmbedding: 'piecewiseLinear', embeddingBins: 5 },
    { numericEmbedding: 'piecewiseLinear', embeddingBins: 5, embeddingSize: 3, adversarialEpsilon: 0.02 },
    { hiddenKeep: 0.7, activityPenalty: 0.01, optimizer: 'sgd' },
  ],
};

t.test('columns of a table are numbers, categories, and what is always the same', async (t) => {
  const { plan } = await trainEnsemble(train, { ...OPTIONS, epochs: 1 }, { runner });
  const columns = plan.members.map((spec, at) => requireNetwork(spec, at).network.inputs?.columns);
  t.same(new Set(columns.map((own) => JSON.stringify(own))).size, 1);
  t.same(columns[0], [
    ['number', 1],
    ['category', 3],
    ['flag', 1],
    ['number', 2],
  ]);
  const filled = await loadData(records, { target, impute: 'mean', missingIndicators: true });
  t.same(inputRuns(filled.train.preprocessing)!.slice(0, 3), [
    ['number', 1],
    ['flag', 1],
    ['category', 4],
  ]);
});

t.test('the same bytes inline, on one thread and on two, and from a file', async (t) => {
  const ensemble = await trainEnsemble(train, OPTIONS, { runner });
  const expected = contentHash(ensemble);
  for (const threads of [1, 2]) {
    await using pool = createPool({ threads });
    t.equal(contentHash(await trainEnsemble(train, OPTIONS, { runner: pool })), expected);
  }
  const path = join(t.testdir(), 'embedded.tutti');
  await ensemble.save(path);
  const loaded = await loadEnsemble(path);
  t.same(loaded.plan, ensemble.plan);
  t.equal(contentHash(loaded), expected);
  t.match(
    WASM.describe(requireNetwork(ensemble.plan.members[0]!, 0)),
    /numbers to 4 by 6 waves of scale 0.1, categories over 2 to 2 numbers, inputs scaled/,
  );
});

t.test('bins lie between quantiles of the rows that a member drew, and stay where they are', async (t) => {
  const { rows, features, labels } = clusters(60, 3, 2);
  const x = Float64Array.from({ length: rows * features }, (_, at) =>
    at % features === 0 ? Math.floor(at / features) : at % features === 1 ? Number(at % 2 === 0) : 5,
  );
  const given = { x, rows, features, labels, standardise: false } as const;
  const { Dataset } = await import('../../src/index.js');
  const dataset = Dataset.fromArrays(given);
  const options = { numericEmbedding: 'piecewiseLinear', embeddingBins: 4, resample: 'none' } as const;
  const { members } = await trainEnsemble(
    dataset,
    { members: 1, seed: 1, epochs: 2, earlyStopping: 'none', ...options },
    { runner },
  );
  const { parameters } = members[0] as unknown as { readonly parameters: Float32Array };
  const row = (at: number) => [...parameters.subarray(4 * at, 4 * (at + 1))];
  // Of 0 to 59 quarters; of as many zeros as ones two bins, as ½ is between them; of a constant none.
  t.same(row(0), [0, 14.75, 29.5, 44.25]);
  t.same(row(1), Array(4).fill(Math.fround(1 / 14.75)));
  t.same(
    [row(2), row(3)],
    [
      [0, 0.5, 0, 0],
      [2, 2, 0, 0],
    ],
  );
  t.same(
    [row(4), row(5)],
    [
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ],
  );
});

t.test(
  'the exported file is read as the ensemble predicts, categories that are new among them',
  async (t) => {
    const ensemble = await trainEnsemble(train, OPTIONS, { runner });
    const file: ExportedJson = JSON.parse(
      Buffer.from(await writeExport(ensemble, { format: 'json' })).toString(),
    );
    const read = predictFromJson(file, fresh);
    const answers = await ensemble.predict(fresh);
    for (const [at, answer] of answers.entries()) {
      const { probabilities } = answer as { readonly probabilities: Readonly<Record<string, number>> };
      for (const [k, p] of Object.values(probabilities).entries()) {
        t.ok(Math.abs(read.mean[at]![k]! - p) < 1e-5, `row ${at}`);
      }
    }
    await t.resolves(writeExport(ensemble, { format: 'safetensors' }));
    const ofArrays = await trainEnsemble(clusters(40, 4, 2), { members: 1, epochs: 1, inputScale: true });
    await t.rejects(writeExport(ofArrays, { format: 'tfjs' }), {
      code: 'ERR_OPTION',
      message: /`numericEmbedding`.*tf.LayersModel.*member 0/,
    });
  },
);

t.test('what embedded inputs do not go with is refused by name', async (t) => {
  const dataset = clusters(40, 4, 2);
  const refused: readonly (readonly [object, RegExp])[] = [
    [{ image: '2x2', layers: ['conv 2@2'] }, /`image` to be absent with `numericEmbedding`/],
    [{ featureShare: 0.5 }, /`featureShare` to be 1 with `numericEmbedding`, got 0.5/],
    [{ inputKeep: 0.8 }, /`inputKeep` to be 1 with/],
    [{ tie: 0.1 }, /`tie` to be 0 with/],
    [{ tangentStrength: 0.1 }, /`tangentStrength` to be 0 with/],
  ];
  for (const [options, message] of refused) {
    const training = trainEnsemble(dataset, {
      members: 2,
      epochs: 1,
      numericEmbedding: 'cosine',
      ...options,
    });
    await t.rejects(training, { code: 'ERR_OPTION', message }, JSON.stringify(options));
  }
  const inVain = trainEnsemble(dataset, { members: 1, epochs: 1, inputScale: true, featureShare: 0.5 });
  await t.rejects(inVain, { message: /with `inputScale`/ });
});

t.test('attacks go through the embeddings, and hurt', async (t) => {
  const dataset = clusters(120, 5, 3);
  const options = {
    members: 2,
    seed: 2,
    epochs: 25,
    numericEmbedding: 'periodic',
    inputScale: true,
  } as const;
  const ensemble = await trainEnsemble(dataset, options, { runner });
  const { points } = await attackEnsemble(ensemble, dataset, { epsilons: [0, 0.1] });
  const [clean, attacked] = points.map(({ onEnsemble }) => onEnsemble!.ensemble);
  t.ok(attacked! < clean!, `${attacked} < ${clean}`);
});

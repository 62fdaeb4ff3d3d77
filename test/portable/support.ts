// The module that programs get, as the build bundles it, and ensembles of every kind that it is to predict with.

import { createInlineRunner, type Ensemble, loadData, trainEnsemble } from '../../src/index.js';
import { clusters, linear } from '../support/datasets.js';

type PredictModule = typeof import('../../src/entry-points/predict.js');

/** dist/lib/predict.js, whose schemas are checked by src/portable/checks.ts. */
export const PREDICT_FILE = new URL('../../lib/predict.js', import.meta.url);
export const { openEnsemble, PortableEnsemble }: PredictModule = await import(PREDICT_FILE.href);

const runner = createInlineRunner();
const QUICK = { members: 3, hidden: [6], epochs: 3, seed: 5 } as const;

const MIXED = `city,area,built,price
Bern,70,2001-05-01,410
Basel,,1999-01-31,300
Bern,120,2010-07-15,690
Genf,55,1980-02-02,
Basel,90,2005-11-30,455
Genf,,2015-06-21,520
,64,1995-09-09,330
Bern,101,2020-12-24,610
Genf,77,1975-03-17,290
Basel,83,1988-08-08,402
`;

export interface Case {
  readonly ensemble: Ensemble;
  readonly rows: Float32Array;
}

/** Networks by {@link QUICK}, or others. */
async function ofNumbers(
  data: ReturnType<typeof clusters>,
  options: NonNullable<Parameters<typeof trainEnsemble>[1]>,
): Promise<Case> {
  const own = 'engine' in options ? { members: 3, seed: 5, ...options } : { ...QUICK, ...options };
  return { ensemble: await trainEnsemble(data, own, { runner }), rows: data.x };
}

/** The mixed table, trained on. */
export async function mixed(): Promise<Ensemble> {
  const { train } = await loadData(new TextEncoder().encode(MIXED.replaceAll('\n,', '\nBern,')), {
    ...{ target: 'price', task: 'regression', impute: 'median', missingTarget: 'drop' },
  });
  return trainEnsemble(train, { ...QUICK, loss: 'gaussianNll' }, { runner });
}

/** Ensembles by what is particular to them. */
export const CASES: Readonly<Record<string, () => Promise<Case>>> = {
  classes: () => ofNumbers(clusters(300, 6, 4, 1), { members: 4, hidden: [7, 5] }),
  'two classes, strict': () => ofNumbers(clusters(90, 5, 2, 2), { arithmetic: 'strict' }),
  quantiles: () => ofNumbers(linear(120, 4, 2, 3), { loss: 'quantile', quantiles: [0.1, 0.6] }),
  Gaussian: () => ofNumbers(linear(120, 4, 2, 3), { loss: 'gaussianNll', activation: 'tanh' }),
  'random subspaces, dropout': () => ofNumbers(clusters(90, 8, 3, 4), { featureShare: 0.5, hiddenKeep: 0.8 }),
  'embedded numbers, scaled': () =>
    ofNumbers(clusters(90, 5, 3, 6), {
      numericEmbedding: 'periodic',
      embeddingFrequencies: 5,
      inputScale: true,
    }),
  'norms and residual blocks': () =>
    ofNumbers(linear(80, 5, 2, 7), { layers: ['residual 6@9 mish, norm selu'], norm: 'layer', init: 'ntk' }),
  convolutions: () =>
    ofNumbers(clusters(60, 64, 3, 5), {
      image: '1x8x8',
      layers: ['conv 3@3x3 relu', 'maxpool 2', 'dense 5'],
    }),
  neighbours: () =>
    ofNumbers(clusters(80, 5, 3, 6), {
      hidden: undefined,
      epochs: undefined,
      engine: 'neighbours',
      neighbours: 3,
    }),
  'boosted trees': () =>
    ofNumbers(clusters(80, 5, 3, 6), {
      ...{ hidden: undefined, epochs: undefined, engine: 'trees', rounds: 5, minLeafRows: 5 },
    }),
};

// tutti's contenders: what `tutti train` does by a preset, and `tutti auto` in a time.

import {
  createPool,
  type Dataset,
  type Ensemble,
  type LoadDataOptions,
  loadData,
  type Pool,
  type TrainingOptions,
  trainEnsemble,
} from '../../../src/index.js';
import { FILLED, processorSeconds } from '../../support/real-tables.js';
import type { Tried } from './peers.js';
import type { Answer } from './scores.js';
import type { Split } from './tables.js';

type DataOptions = Partial<Omit<LoadDataOptions, 'target' | 'task' | 'test' | 'testShare'>>;

/** A way to train with tutti. */
export interface Way {
  readonly name: string;
  readonly data: DataOptions;
  readonly training: TrainingOptions;
}

/** By their presets. */
export const WAYS: readonly Way[] = (['balanced', 'best', 'deep-ensemble', 'realmlp', 'tabm'] as const).map(
  (preset) => ({
    name: `tutti ${preset}`,
    data: { preset },
    training: { preset },
  }),
);

const COVERAGE = 0.9;

export class Tutti {
  readonly #pool: Pool;

  constructor(threads: number) {
    this.#pool = createPool({ threads });
  }

  async run({ data, training }: Way, { train: file, test: rows, goal, split }: Split): Promise<Tried> {
    const loaded = await loadData(file, { ...goal, ...FILLED, ...data, test: rows });
    const [began, used] = [performance.now(), process.cpuUsage()];
    const options = { seed: split, ...training };
    const ensemble = await trainEnsemble(loaded.train, options, { runner: this.#pool });
    const answer = await answerOf(ensemble, loaded.train, loaded.test);
    const cpuSeconds = processorSeconds(used);
    return { answer, seconds: (performance.now() - began) / 1000, cpuSeconds };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/**
 * Numbers with the deviation that members state, where they do; else with that of errors out of bag, and the intervals of
 * the jackknife+ after bootstrap.
 */
async function answerOf(ensemble: Ensemble, train: Dataset, test: Dataset): Promise<Answer> {
  const predicted = await ensemble.predict(test);
  const { mean, rows, outputs, variance, varianceKind } = predicted;
  if (test.task.kind === 'classification') {
    const row = (at: number) => mean.subarray(at * outputs, (at + 1) * outputs);
    return { probabilities: Array.from({ length: rows }, (_, at) => row(at)) };
  }
  if (variance !== null && varianceKind !== 'spread') {
    return { mean, sd: Array.from(variance, (value) => Math.sqrt(value)) };
  }
  const report = await ensemble.evaluateOutOfBag(train);
  const sd = report.score('rmse').value!;
  const conformal = await ensemble.conformalise(train);
  const { lower, upper } = await conformal.predict(test, { coverage: COVERAGE });
  return { mean, sd: Array.from(mean, () => sd), bounds: { lower: lower!, upper: upper! } };
}

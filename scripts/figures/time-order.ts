// What out-of-bag rows and rows split off by chance say of series that drift, beside the error on the rows that come later: the
// table of docs/techniques/time-order.md. Of 1000 days the last fifth is kept from everyone, as days that have not been yet.
// Run: node dist/scripts/figures/time-order.js [series, 40]

import { loadTraining } from '../../src/data/load.js';
import { transformTable } from '../../src/data/preprocessing/preprocessing.js';
import { createPool, type LoadOptions, tableFromRecords, trainEnsemble } from '../../src/index.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { mean, variance } from '../../src/math/statistics.js';
import { studentQuantile } from '../../src/math/student.js';
import { formerly } from '../support/former-defaults.js';

const DAYS = 1000;
const LATER = 200;
const SENSORS = 5;
/** Share of itself that a sensor, and the drift that no sensor shows, keeps from day to day: half of it is gone after 34. */
const KEPT = 0.98;
const NOISE = 0.3;

interface Way {
  readonly name: string;
  readonly load: Partial<LoadOptions>;
  readonly blockLength?: number;
  readonly lacksDay?: boolean;
}

const WAYS: readonly Way[] = [
  { name: 'rows one by one, `day` a feature', load: {} },
  { name: 'rows one by one, without `day`', load: {}, lacksDay: true },
  { name: '`--time-column day`', load: { timeColumn: 'day' } },
  { name: 'and `--block-length 100`', load: { timeColumn: 'day' }, blockLength: 100 },
  {
    ...{ name: 'and `--time-gap 30`', blockLength: 100 },
    load: { timeColumn: 'day', timeGap: 30 },
  },
];

/** y = sin x₁ + x₂/2 + drift + noise; sensors and drift wander by themselves, each of variance 1. */
function series(seed: number): Record<string, number>[] {
  const random = new RandomStream(streamKey(seed, 'noise'));
  const state = Array.from({ length: SENSORS + 1 }, () => random.normal());
  const fresh = Math.sqrt(1 - KEPT ** 2);
  return Array.from({ length: DAYS }, (_, day) => {
    for (const [at, value] of state.entries()) state[at] = KEPT * value + fresh * random.normal();
    const [drift, ...sensors] = state as [number, ...number[]];
    const y = Math.sin(sensors[0]!) + sensors[1]! / 2 + drift + NOISE * random.normal();
    return { day, ...Object.fromEntries(sensors.map((value, at) => [`x${at + 1}`, value])), y };
  });
}

const runner = createPool();

/** RMSE of rows out of bag, of a fifth held out, and of the later rows; how many of the training rows were scored. */
async function measured(all: readonly Record<string, number>[], way: Way, seed: number) {
  const { load, blockLength, lacksDay = false } = way;
  const rows = lacksDay ? all.map(({ day: _, ...others }) => others) : all;
  const options = { target: 'y', task: 'regression', testShare: 0.2, seed, ...load } as const;
  const { train, test, preprocessing } = loadTraining(tableFromRecords(rows.slice(0, -LATER)), options);
  const later = transformTable(preprocessing, tableFromRecords(rows.slice(-LATER)));
  const network = formerly({ members: 16, resample: 'subsample', resampleShare: 0.75, seed });
  const ensemble = await trainEnsemble(
    train,
    { ...network, ...(blockLength === undefined ? {} : { blockLength }) },
    { runner },
  );
  const outOfBag = await ensemble.evaluateOutOfBag(train);
  return {
    outOfBag: outOfBag.rmse,
    heldOut: (await ensemble.evaluate(test!)).rmse,
    later: (await ensemble.evaluate(later)).rmse,
    scored: outOfBag.ensemble.rows / train.rows,
  };
}

const found = WAYS.map(() => [] as Awaited<ReturnType<typeof measured>>[]);
for (let seed = 1; seed <= Number(process.argv[2] ?? 40); seed++) {
  const rows = series(seed);
  for (const [at, way] of WAYS.entries()) found[at]!.push(await measured(rows, way, seed));
}
await runner.close();

/** `0.57 [0.50, 0.65]`: a geometric mean of ratios with its 95 % interval over the series. */
function ratio(logs: readonly number[]): string {
  const freedom = logs.length - 1;
  const half = studentQuantile(0.025, freedom) * Math.sqrt(variance(logs) / freedom);
  const [centre, low, high] = [0, -half, half].map((by) => Math.exp(mean(logs) + by).toFixed(2));
  return `${centre} [${low}, ${high}]`;
}

console.log('| | out of bag | held out | later rows | out of bag / later | held out / later | rows scored |');
console.log('|---|--:|--:|--:|--:|--:|--:|');
for (const [at, { name }] of WAYS.entries()) {
  const own = found[at]!;
  const rmses = (['outOfBag', 'heldOut', 'later'] as const).map((of) =>
    mean(own.map((one) => one[of])).toFixed(3),
  );
  const logs = (of: 'outOfBag' | 'heldOut') => own.map((one) => Math.log(one[of] / one.later));
  const scored = `${(100 * mean(own.map((one) => one.scored))).toFixed(0)} %`;
  console.log(`| ${[name, ...rmses, ratio(logs('outOfBag')), ratio(logs('heldOut')), scored].join(' | ')} |`);
}

// Gradient boosting of nets: each is taught what is left of the loss of the sum of those before it. The sum Σ η γₘ fₘ of M nets is
// the mean of nets whose last layer is M η γₘ times as large: of numbers their arithmetic mean, of logits the geometric mean of
// their probabilities. So what comes out is an ordinary ensemble, for which M·f_m is one member.

import { completeDataset, type Dataset, outputCount, type Task } from '../data/dataset/dataset.js';
import { encodeRows, encodeTargets } from '../data/dataset/encoding.js';
import { splitRows } from '../data/split.js';
import { NOT_YET_FITTED, type TrainedEnsemble, type TrainedMember } from '../ensemble/ensemble.js';
import { predictEnsemble } from '../ensemble/predict/predict.js';
import { failOption } from '../errors.js';
import { betweenBlocks } from '../long-calls.js';
import { log } from '../math/functions.js';
import { allocateShared } from '../memory/uncounted-bytes.js';
import { layerShapes } from '../model/network.js';
import { requireNetwork } from '../model/network-members.js';
import type { NetworkMemberSpec } from '../model/spec.js';
import { checkOptions } from '../option-names.js';
import { trainEnsemble } from '../training/train-ensemble.js';
import { type BoostedTruth, lineSearch, lossOf, pseudoResiduals } from './boosting-loss.js';
import { BOOST_OPTIONS, type Boosted, type BoostedRound, type BoostOptions } from './options.js';
import { boostSoftly } from './soft.js';
import { networkOptions, requireStandardised, summedUp } from './sums.js';

/** Passes over the rows that a net learns what is left in; weaker nets took more time to be as good on small tables. */
const EPOCHS = 20;

/** A net of the sum, and how far it counts. */
interface Term {
  readonly learned: TrainedEnsemble;
  /** What its raw outputs are multiplied by: step, shrinkage and the deviation of what it was taught. */
  readonly scales: Float64Array;
}

/** As src/api/boosted.ts says of it, on the calling thread where no runner is named. */
export async function boostEnsemble(
  dataset: Dataset,
  options: BoostOptions = {},
): Promise<Boosted<TrainedEnsemble>> {
  checkOptions('boostEnsemble', options, BOOST_OPTIONS);
  const { rounds = BOOST_OPTIONS.rounds.default, shrinkage = BOOST_OPTIONS.shrinkage.default } = options;
  if (shrinkage > 1 && options.kind !== 'soft')
    failOption('shrinkage', 'a number > 0 and ≤ 1, unless `kind` is soft', shrinkage);
  const { patience = BOOST_OPTIONS.patience.default, seed = BOOST_OPTIONS.seed.default } = options;
  options.signal?.throwIfAborted();
  requireStandardised(dataset);
  if (options.kind === 'soft') return boostSoftly(dataset, options);
  const { taught, held } = rowsApart(dataset, seed, options.heldOutShare);
  const truth = truthOf(dataset);
  const seen = encodeRows(dataset.x, dataset.features, dataset.encoding.features, {
    start: 0,
    end: dataset.rows,
  });
  const first = firstOf(truth, taught);
  const sum = Float64Array.from(
    { length: dataset.rows * truth.outputs },
    (_, at) => first[at % truth.outputs]!,
  );
  const terms: Term[] = [];
  const history: BoostedRound[] = [];
  let best = { kept: 0, loss: lossOf(truth, sum, held) };
  let endedBy: Boosted<TrainedEnsemble>['endedBy'] = 'rounds';
  for (let round = 1; round <= rounds; round++) {
    if (round - best.kept > patience) {
      endedBy = 'patience';
      break;
    }
    const lesson = lessonOf(dataset, truth, seen, taught, pseudoResiduals(truth, sum, taught));
    const learned = await unlessKept(teach(lesson.dataset, options, seed + round), options, terms.length);
    if (learned === null) {
      endedBy = 'signal';
      break;
    }
    const answers = await predictEnsemble(learned, seen, { clip: false });
    const f = Float64Array.from(answers.mean);
    const step = lineSearch(truth, sum, f, taught);
    for (let at = 0; at < sum.length; at++) sum[at]! += shrinkage * step * f[at]!;
    terms.push({ learned, scales: lesson.deviations.map((deviation) => shrinkage * step * deviation) });
    const heldOutLoss = lossOf(truth, sum, held);
    history.push({ step, loss: lossOf(truth, sum, taught), heldOutLoss });
    if (heldOutLoss < best.loss) best = { kept: round, loss: heldOutLoss };
    options.onProgress?.({ done: round, of: rounds, heldOutLoss, best: best.kept });
    // A signal is heard by the next net.
    await betweenBlocks(undefined);
  }
  // Where nothing was better than no net at all, the first is what there is.
  const kept = Math.max(1, best.kept);
  const ensemble = sumOf(dataset, terms.slice(0, kept), first, taught.length);
  return { ensemble, rounds: history, kept, endedBy };
}

/** What is taught; null where a signal ends it and what is there is to be kept. @throws the signal's reason where it is not */
async function unlessKept<Result>(
  taught: Promise<Result>,
  { signal, onInterrupt }: BoostOptions,
  there: number,
): Promise<Result | null> {
  try {
    return await taught;
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason && onInterrupt === 'keep' && there > 0)
      return null;
    throw error;
  }
}

function rowsApart(
  { rows, labels, groups, times, timeGap = 0 }: Dataset,
  seed: number,
  share: number = BOOST_OPTIONS.heldOutShare.default,
): { readonly taught: Uint32Array; readonly held: Uint32Array } {
  const { train, test } = splitRows({ rows, share, seed, labels, groups, ...(times && { times, timeGap }) });
  return { taught: train, held: test };
}

function truthOf({ task, labels, targets, encoding, rowWeights }: Dataset): BoostedTruth {
  return {
    ...{ task, outputs: outputCount(task), labels, weights: rowWeights },
    targets: task.kind === 'regression' ? encodeTargets(targets, encoding.targets) : new Float32Array(0),
  };
}

/** What the sum begins with: logarithms of the classes' shares, or the mean of each target. */
function firstOf({ task, outputs, labels, targets, weights }: BoostedTruth, rows: Uint32Array): Float64Array {
  const totals = new Float64Array(outputs);
  let weight = 0;
  for (const row of rows) {
    const own = weights?.[row] ?? 1;
    weight += own;
    if (task.kind === 'classification') totals[labels[row]!]! += own;
    else for (let k = 0; k < outputs; k++) totals[k]! += own * targets[row * outputs + k]!;
  }
  return totals.map((total) =>
    task.kind === 'classification' ? log(Math.max(total, 0.5) / weight) : total / weight,
  );
}

/** The rows with what is left as targets, each of deviation 1 for the net. */
function lessonOf(
  dataset: Dataset,
  { outputs }: BoostedTruth,
  seen: Float32Array,
  rows: Uint32Array,
  residuals: Float64Array,
): { readonly dataset: Dataset; readonly deviations: Float64Array } {
  const { features, rowWeights } = dataset;
  const squares = new Float64Array(outputs);
  for (let at = 0; at < residuals.length; at++) squares[at % outputs]! += residuals[at]! ** 2;
  const deviations = squares.map((square) => Math.sqrt(square / rows.length) || 1);
  const x = new Float32Array(rows.length * features);
  for (let at = 0; at < rows.length; at++)
    x.set(seen.subarray(rows[at]! * features, (rows[at]! + 1) * features), at * features);
  const task: Task = { kind: 'regression', targets: Array.from({ length: outputs }, (_, k) => `F${k}`) };
  const lesson = completeDataset({
    ...{ task, features, rows: rows.length, x, labels: new Int32Array(0), targets: residuals },
    encoding: { features: null, targets: { mean: Array(outputs).fill(0), std: [...deviations] } },
    rowWeights: rowWeights && Float32Array.from(rows, (row) => rowWeights[row]!),
    ...{ preprocessing: null, groups: null, tangents: null, split: null },
  });
  return { dataset: lesson, deviations };
}

async function teach(lesson: Dataset, options: BoostOptions, seed: number): Promise<TrainedEnsemble> {
  const { runner, signal } = options;
  const fixed = { members: 1, resample: 'none', earlyStopping: 'none', seed } as const;
  const settings = { ...(runner && { runner }), ...(signal && { signal }), onFailure: 'fail' } as const;
  return trainEnsemble(lesson, { ...networkOptions(options, EPOCHS), ...fixed }, settings);
}

/** The sum as an ensemble of nets, each with the sum's beginning in its last biases. */
function sumOf(dataset: Dataset, terms: readonly Term[], first: Float64Array, rows: number): TrainedEnsemble {
  const { task, features, encoding, preprocessing, hash } = dataset;
  const [{ learned }] = terms as readonly [Term];
  const specs = terms.map(({ learned: { plan } }, round): NetworkMemberSpec => {
    const spec = requireNetwork(plan.members[0]!, 0);
    const loss = task.kind === 'classification' ? 'softmaxCrossEntropy' : 'squaredError';
    return { ...spec, loss, streams: { ...spec.streams, seed: plan.seed }, boosted: round + 1 };
  });
  const members = terms.map(({ learned, scales }, index): TrainedMember => {
    const member = learned.members[0]!;
    const spec = requireNetwork(learned.plan.members[0]!, 0);
    const lastInputs = layerShapes(spec, features, learned.task).at(-1)!.inputs;
    return {
      ...member,
      index,
      inBagRows: rows,
      parameters: scaled(member.parameters, lastInputs, scales, first, terms.length),
    };
  });
  return {
    plan: { ...learned.plan, members: specs },
    ...{ task, features, encoding, preprocessing, datasetHash: hash, baseline: null },
    ...{ members, failures: [], complete: true, wallMs: null, executors: learned.executors },
    ...NOT_YET_FITTED,
    ...summedUp(dataset, rows),
  };
}

/** Multiplies the last layer by the number of nets and its own scales, and adds the sum's beginning to its biases. */
function scaled(
  parameters: Float32Array,
  lastInputs: number,
  scales: Float64Array,
  first: Float64Array,
  nets: number,
): Float32Array<SharedArrayBuffer> {
  const own = new Float32Array(allocateShared(parameters.byteLength));
  own.set(parameters);
  const outputs = scales.length;
  const bias = own.length - outputs;
  const start = bias - lastInputs * outputs;
  for (let at = start; at < bias; at++) own[at]! *= nets * scales[(at - start) % outputs]!;
  for (let k = 0; k < outputs; k++) own[bias + k] = own[bias + k]! * nets * scales[k]! + first[k]!;
  return own;
}

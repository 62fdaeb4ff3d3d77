// An ensemble's average as one net: asks the ensemble of rows and of perturbed copies of them, trains one net on what it
// says, and says on rows that the net has not seen how near it came, to the ensemble and to the truth.

import { contentHash } from '../bundle/content-hash.js';
import { completeDataset, type Dataset, outputCount } from '../data/dataset/dataset.js';
import { encodeRows } from '../data/dataset/encoding.js';
import { splitRows } from '../data/split.js';
import { isBoosted, NOT_YET_FITTED, type TrainedEnsemble } from '../ensemble/ensemble.js';
import { predictKnownRows } from '../ensemble/evaluate/known-rows.js';
import { isTrainedOn } from '../ensemble/evaluate/out-of-bag-rows.js';
import { checkDataset } from '../ensemble/predict/inputs.js';
import { aggregatorFor, predictEnsemble } from '../ensemble/predict/predict.js';
import { requireMembers } from '../ensemble/predict/stored-members.js';
import { failOption } from '../errors.js';
import { placedColumnsOf } from '../explain/explained-columns.js';
import { betweenBlocks } from '../long-calls.js';
import { requireMemory } from '../machine/memory-limit.js';
import { INTERVAL_OPTIONS } from '../measure/correlation/intervals.js';
import { describeLayer } from '../model/layers.js';
import { layerShapes, parameterCount } from '../model/network.js';
import { isNetwork, requireNetwork } from '../model/network-members.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import type { NetworkMemberSpec, NetworkSpec } from '../model/spec.js';
import { checkOptions, type OptionUses, pickOptions, requireUses, statedOptions } from '../option-names.js';
import { type Aggregator, aggregators } from '../predictions/aggregate/aggregators.js';
import { compareEnsembles } from '../studies/comparison/compare-ensembles.js';
import { leaderboardOf } from '../studies/leaderboard/leaderboard.js';
import { trainEnsemble } from '../training/train-ensemble.js';
import { datasetPart } from './dataset-part.js';
import type { DistillationReport, Distilled } from './distillation.js';
import { fidelityOf } from './fidelity.js';
import { DISTILL_OPTIONS, type DistillOptions, SINGLE_NETWORK_OPTIONS } from './options.js';
import { perturbRows } from './perturbed-rows.js';
import { hasOwnVariance, joinTargets, type SoftTargets, softTargets } from './soft-targets.js';

/** More are no nearer to the ensemble where rows are many, and take time. */
const MOST_ROWS = 200_000;
const MOST_COPIES = 8;

/** Passes over rows and copies: with a cosine of the learning rate more come no nearer. */
const EPOCHS = 40;

const USES = {
  heldOutShare: { says: 'there are no rows `heldOut`', holds: ({ heldOut }) => heldOut === undefined },
  swapShare: { says: '`copies` is above 0', holds: ({ copies }) => copies !== 0 },
} satisfies OptionUses<DistillOptions>;

/** As src/api/distilled.ts says of it, on the calling thread where no runner is named. */
export async function distillEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: DistillOptions = {},
): Promise<Distilled<TrainedEnsemble>> {
  checkOptions('distillEnsemble', options, DISTILL_OPTIONS);
  requireUses(options, USES);
  options.signal?.throwIfAborted();
  requireMembers(ensemble, 'to distill');
  checkDataset(ensemble, dataset);
  const combined = aggregatorOf(ensemble, options);
  const { seed = ensemble.plan.seed } = options;
  const { taught, judging } = rowsApart(ensemble, dataset, seed, options);
  const copies =
    options.copies ?? Math.max(0, Math.min(MOST_COPIES, Math.floor(MOST_ROWS / taught.rows) - 1));
  const lesson = await askEnsemble(ensemble, taught, copies, seed, options);
  const { runner, signal, onProgress } = options;
  const settings = { ...(runner && { runner }), ...(signal && { signal }) };
  const learned = await trainEnsemble(
    lesson.dataset,
    {
      ...networkOptions(ensemble, options),
      ...{ members: 1, resample: 'none', earlyStopping: 'none', schedule: 'cosine' },
      ...{ seed, arithmetic: ensemble.plan.arithmetic },
      ...(lesson.gaussian ? { loss: 'gaussianNll' } : {}),
    },
    { ...settings, ...(onProgress && { onProgress }), onFailure: 'fail' },
  );
  const single = singleOf(ensemble, learned, taught.rows, combined);
  const spec = requireNetwork(single.plan.members[0]!, 0);
  return {
    ensemble: single,
    report: {
      ...{ rows: taught.rows, copies, examples: lesson.dataset.rows },
      network: [...spec.network.layers.map(describeLayer), 'output'].join(', '),
      parameters: single.members[0]!.parameters.length,
      ensembleParameters: ensemble.members.reduce((sum, { parameters }) => sum + parameters.length, 0),
      heldOut: {
        rows: judging.rows,
        from: options.heldOut === undefined ? 'share' : 'given',
        knownToEnsemble: isTrainedOn(ensemble, options.heldOut ?? dataset),
      },
      ...(await judge(ensemble, single, judging, seed, options)),
    },
  };
}

/** @throws ERR_OPTION for votes: a net says probabilities. */
function aggregatorOf(ensemble: TrainedEnsemble, options: DistillOptions): Aggregator {
  const name = aggregatorFor(ensemble, options);
  if (ensemble.task.kind === 'regression' || aggregators.get(name).probabilities) return name;
  return failOption('aggregator', 'one of probabilities, which a net can learn', name);
}

/** The rows to learn from, and those that judge. */
function rowsApart(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  seed: number,
  { heldOut, heldOutShare = DISTILL_OPTIONS.heldOutShare.default }: DistillOptions,
): { readonly taught: Dataset; readonly judging: Dataset } {
  if (heldOut !== undefined) {
    checkDataset(ensemble, heldOut);
    return { taught: dataset, judging: heldOut };
  }
  const { rows, labels, groups, times, timeGap = 0 } = dataset;
  const { train, test } = splitRows({
    ...{ rows, share: heldOutShare, seed, labels, groups },
    ...(times === undefined ? {} : { times, timeGap }),
  });
  return { taught: datasetPart(dataset, train), judging: datasetPart(dataset, test) };
}

/** What the net learns from. */
interface Lesson {
  /** Its x is as members see it. */
  readonly dataset: Dataset;
  /** Whether the ensemble's members say variances themselves. */
  readonly gaussian: boolean;
}

async function askEnsemble(
  ensemble: TrainedEnsemble,
  taught: Dataset,
  copies: number,
  seed: number,
  options: DistillOptions,
): Promise<Lesson> {
  const { task, encoding, preprocessing, features } = ensemble;
  const { x, rows, rowWeights } = taught;
  requireMemoryToAsk(taught, copies, outputCount(task));
  const { swapShare = DISTILL_OPTIONS.swapShare.default } = options;
  const columns = placedColumnsOf(taught, taught.preprocessing ?? preprocessing);
  const passes: SoftTargets[] = [];
  const seen = new Float32Array((copies + 1) * rows * features);
  let gaussian = false;
  for (let copy = 0; copy <= copies; copy++) {
    const asked = copy === 0 ? x : perturbRows({ x, rows, features, columns }, copy, swapShare, seed);
    const answers = await predictEnsemble(ensemble, asked, pickOptions(options, ASKING));
    gaussian = hasOwnVariance(answers);
    passes.push(softTargets(task, answers));
    seen.set(encodeRows(asked, features, encoding.features, { start: 0, end: rows }), copy * rows * features);
    await betweenBlocks(options.signal);
  }
  const { index, labels, targets, weights } = joinTargets(task, passes, rows);
  const own = new Float32Array(index.length * features);
  for (let at = 0; at < index.length; at++) {
    own.set(seen.subarray(index[at]! * features, (index[at]! + 1) * features), at * features);
  }
  const sum = weights.reduce((all, weight, at) => all + weight * (rowWeights?.[index[at]! % rows] ?? 1), 0);
  const dataset = completeDataset({
    ...{ task, features, rows: index.length, x: own, labels, targets },
    encoding: { features: null, targets: encoding.targets },
    rowWeights: weights.map(
      (weight, at) => (weight * (rowWeights?.[index[at]! % rows] ?? 1) * weights.length) / sum,
    ),
    ...{ preprocessing: null, groups: null, tangents: null, split: null },
  });
  return { dataset, gaussian };
}

const { aggregator, clip, runner, signal } = DISTILL_OPTIONS;
const ASKING = { aggregator, clip, runner, signal };

/** Examples of a row that there is room for: most have one or two probable classes. */
const EXAMPLES_EACH = 3;

/** @throws ERR_MEMORY before anything is asked. */
function requireMemoryToAsk({ rows, features }: Dataset, copies: number, outputs: number): void {
  const count = rows * (copies + 1);
  const bytes = count * ((1 + EXAMPLES_EACH) * (4 * features + 16) + 8 * outputs);
  const use = `for ${copies} copies of its rows`;
  requireMemory([{ use, bytes, remedy: 'fewer copies need less' }], `Distilling on ${rows} rows`);
}

/** The net that is asked for, or one like the ensemble's largest. */
function networkOptions(ensemble: TrainedEnsemble, options: DistillOptions): TrainingOptions {
  const asked: TrainingOptions = statedOptions(options, SINGLE_NETWORK_OPTIONS);
  const like = largestNetwork(ensemble);
  const { hidden, layers, activation, image } = asked;
  const isStated = hidden !== undefined || layers !== undefined || activation !== undefined;
  const ownImage = like?.image ?? null;
  return {
    ...(isStated || like === null ? {} : { layers: like.layers, init: like.init }),
    ...(ownImage === null || image !== undefined || (isStated && layers === undefined)
      ? {}
      : { image: [ownImage.channels, ownImage.height, ownImage.width] }),
    epochs: EPOCHS,
    ...asked,
  };
}

function largestNetwork({ plan, members, features, task }: TrainedEnsemble): NetworkSpec | null {
  const size = (spec: NetworkMemberSpec) => parameterCount(layerShapes(spec, features, task));
  const specs = members.map(({ index }) => plan.members[index]!).filter(isNetwork);
  const [first, ...others] = specs;
  if (first === undefined) return null;
  return others.reduce((most, spec) => (size(spec) > size(most) ? spec : most), first).network;
}

/** What was learned, as an ensemble of one that takes what the other takes. */
function singleOf(
  ensemble: TrainedEnsemble,
  learned: TrainedEnsemble,
  rows: number,
  aggregator: Aggregator,
): TrainedEnsemble {
  const { task, features, encoding, preprocessing, datasetHash, trainedOn, baseline, calibration } = ensemble;
  const spec = requireNetwork(learned.plan.members[0]!, 0);
  const threshold = calibration?.threshold ?? null;
  const distilled: NetworkMemberSpec = { ...spec, teacher: contentHash(ensemble) };
  return {
    plan: { ...learned.plan, members: [distilled] },
    ...{ task, features, encoding, preprocessing, datasetHash, trainedOn, baseline },
    members: [{ ...learned.members[0]!, inBagRows: rows }],
    ...{ failures: [], complete: true, wallMs: learned.wallMs, executors: learned.executors },
    ...NOT_YET_FITTED,
    // What calibrates is in the answers that it learned; from which probability on a class is predicted is not.
    calibration:
      calibration === null || threshold === null
        ? null
        : { ...calibration, method: null, aggregator, parameters: [], figures: null, threshold },
  };
}

async function judge(
  ensemble: TrainedEnsemble,
  single: TrainedEnsemble,
  judging: Dataset,
  seed: number,
  options: DistillOptions,
): Promise<Pick<DistillationReport, 'fidelity' | 'scores'>> {
  const asking = pickOptions(options, ASKING);
  const known = (await predictKnownRows(ensemble, judging, 'heldOut', asking))!;
  const answers = await predictEnsemble(ensemble, judging, asking);
  const own = await predictEnsemble(single, judging, asking);
  const rivals = [single, ensemble];
  const names = ['single', 'ensemble'];
  if (ensemble.members.length > 1 && !isBoosted(ensemble)) {
    const { place } = leaderboardOf(ensemble, known, pickOptions(options, { aggregator })).members[0]!;
    rivals.push(memberAlone(ensemble, place));
    names.push('best member');
  }
  const scores = await compareEnsembles(rivals, judging, {
    ...{ names, ...asking, ...pickOptions(options, INTERVALS) },
    ...(options.replicates === 0 ? {} : { seed }),
  });
  return { fidelity: fidelityOf(ensemble.task, answers, own), scores };
}

const INTERVALS = { replicates: INTERVAL_OPTIONS.replicates, level: INTERVAL_OPTIONS.level };

/** One member as an ensemble, by its place among the trained ones. */
function memberAlone(ensemble: TrainedEnsemble, place: number): TrainedEnsemble {
  const { index, averagingWeight: _, ...member } = ensemble.members[place]!;
  return {
    ...ensemble,
    ...NOT_YET_FITTED,
    plan: { ...ensemble.plan, members: [ensemble.plan.members[index]!] },
    members: [{ ...member, index: 0 }],
    ...{ failures: [], complete: true },
  };
}

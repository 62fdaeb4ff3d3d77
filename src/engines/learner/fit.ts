// Fits a member with a learner: copies its rows out of shared memory, hands them over, and stores what comes back.

import { outputCount } from '../../data/dataset/dataset.js';
import { RandomStream, streamKey } from '../../math/random.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';
import { datasetRows } from '../shared/dataset-rows.js';
import type { FittedMember, MemberRows, TrainerContext } from '../shared/engine.js';
import { type Learner, type LearnerData, loadLearner } from './learner.js';
import { predictorOf } from './predictor.js';
import { serveHere } from './served-model.js';
import type { LearnerMemberSpec } from './spec.js';
import { attempt, type LearnerPlace, storeModel } from './stored-model.js';

/** Rows that a fitted member is tried on: enough to meet most mistakes, few enough to cost little. */
const TRIAL_ROWS = 32;

/**
 * Fits, stores the model, and tries it as prediction will use it on some of its rows, so that a learner whose answers
 * are no predictions fails here and alone.
 * @returns the stored model, and no weights.
 * @throws ERR_MODULE, ERR_LEARNER naming the member and the module.
 */
export async function fitMember(
  context: TrainerContext,
  spec: LearnerMemberSpec,
  member: number,
  rows: MemberRows,
): Promise<FittedMember> {
  const place: LearnerPlace = { member, path: spec.learner.path };
  const learner = await loadLearner(spec.learner, member);
  const data = copyData(context, spec, rows);
  const fitted = await attempt('fit', place, () => learner.fit(data));
  const model = await storeModel(learner, fitted, place);
  await tryModel(learner, context, spec, member, rows, model);
  return { parameters: new Float32Array(allocateShared(0)), model };
}

function copyData(
  { memory, layout: { dataset }, task, seed }: TrainerContext,
  spec: LearnerMemberSpec,
  { inBag, columns }: MemberRows,
): LearnerData {
  const copies = datasetRows(memory.buffer, dataset, task, columns);
  const random = new RandomStream(streamKey(seed, 'init', spec.streams.init));
  return {
    x: copies.inputs(inBag),
    labels: copies.labels(inBag),
    targets: copies.targets(inBag),
    rowWeights: copies.weights(inBag),
    rows: inBag.length,
    features: columns?.length ?? dataset.features,
    outputs: outputCount(task),
    // Copies as well: on the calling thread they are the dataset's and the plan's own.
    ...{ task: structuredClone(task), options: structuredClone(spec.options) },
    random: () => random.uniform(),
  };
}

async function tryModel(
  learner: Learner,
  { memory, layout: { dataset }, task }: TrainerContext,
  spec: LearnerMemberSpec,
  index: number,
  { inBag, columns }: MemberRows,
  model: Uint8Array,
): Promise<void> {
  const rows = inBag.subarray(0, TRIAL_ROWS);
  const x = datasetRows(memory.buffer, dataset, task, null).inputs(rows);
  const outputs = outputCount(task);
  const scale = { mean: Array<number>(outputs).fill(0), std: Array<number>(outputs).fill(1) };
  const member = { module: spec.learner, index, model, columns };
  const served = await serveHere(learner, model, { member: index, path: spec.learner.path });
  const predictor = predictorOf(served, member, dataset.features, task, scale);
  await predictor.predict(x, rows.length);
}

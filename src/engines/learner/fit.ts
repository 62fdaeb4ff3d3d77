// Fits a member with a learner: copies its rows out of shared memory, hands them over, and stores what comes back.

import { outputCount, type Task } from '../../data/dataset.js';
import { RandomStream, streamKey } from '../../math/random.js';
import type { TrainingLayout } from '../../memory/layout.js';
import type { LearnerMemberSpec } from '../../model/spec.js';
import type { MemberRows } from '../engine.js';
import { type LearnerData, loadLearner } from './learner.js';
import { createLearnerPredictor } from './predictor.js';
import { attempt, type LearnerPlace, storeModel } from './stored-model.js';

/** Where a member's rows lie. */
export interface LearnerContext {
  readonly memory: WebAssembly.Memory;
  readonly layout: TrainingLayout;
  readonly task: Task;
  readonly seed: number;
}

/** Rows that a fitted member is tried on: enough to meet most mistakes, few enough to cost little. */
const TRIAL_ROWS = 32;

/**
 * Fits, stores the model, and tries it as prediction will use it on some of its rows, so that a learner whose answers
 * are no predictions fails here and alone.
 * @returns the stored model, in shared memory.
 * @throws ERR_MODULE, ERR_LEARNER naming the member and the module.
 */
export async function fitLearner(
  context: LearnerContext,
  spec: LearnerMemberSpec,
  member: number,
  rows: MemberRows,
): Promise<Uint8Array<SharedArrayBuffer>> {
  const place: LearnerPlace = { member, path: spec.learner.path };
  const learner = await loadLearner(spec.learner, member);
  const data = copyData(context, spec, rows);
  const fitted = await attempt('fit', place, () => learner.fit(data));
  const model = await storeModel(learner, fitted, place);
  await tryModel(context, spec, member, rows, model);
  return model;
}

function copyData(
  context: LearnerContext,
  spec: LearnerMemberSpec,
  { inBag, columns }: MemberRows,
): LearnerData {
  const {
    memory: { buffer },
    layout: { dataset },
    task,
    seed,
  } = context;
  const outputs = outputCount(task);
  const classes = task.kind === 'classification';
  const ofRows = (values: ArrayLike<number>) => (row: number) => values[row]!;
  const weights =
    dataset.rowWeights === 0 ? null : new Float32Array(buffer, dataset.rowWeights, dataset.rows);
  const labels = new Int32Array(buffer, dataset.labels, classes ? dataset.rows : 0);
  const random = new RandomStream(streamKey(seed, 'init', spec.streams.init));
  return {
    x: copyRows(buffer, dataset.x, dataset.xStrideBytes, inBag, columns ?? dataset.features),
    labels: classes ? Int32Array.from(inBag, ofRows(labels)) : new Int32Array(0),
    targets: classes
      ? new Float32Array(0)
      : copyRows(buffer, dataset.targets, dataset.targetsStrideBytes, inBag, outputs),
    rowWeights: weights === null ? null : Float32Array.from(inBag, ofRows(weights)),
    rows: inBag.length,
    features: columns?.length ?? dataset.features,
    ...{ outputs, task, options: spec.options },
    random: () => random.uniform(),
  };
}

/** Rows of padded f32 rows as f32[rows, columns]: these columns, or the first so many. */
function copyRows(
  buffer: ArrayBufferLike,
  offset: number,
  strideBytes: number,
  rows: Uint32Array,
  columns: Uint32Array | number,
): Float32Array {
  const width = typeof columns === 'number' ? columns : columns.length;
  const copied = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) {
    const from = new Float32Array(buffer, offset + row * strideBytes, strideBytes / 4);
    for (let c = 0; c < width; c++) {
      copied[at * width + c] = from[typeof columns === 'number' ? c : columns[c]!]!;
    }
  }
  return copied;
}

async function tryModel(
  { memory, layout: { dataset }, task }: LearnerContext,
  spec: LearnerMemberSpec,
  index: number,
  { inBag, columns }: MemberRows,
  model: Uint8Array,
): Promise<void> {
  const rows = inBag.subarray(0, TRIAL_ROWS);
  const { features } = dataset;
  const x = copyRows(memory.buffer, dataset.x, dataset.xStrideBytes, rows, features);
  const outputs = outputCount(task);
  const scale = { mean: Array<number>(outputs).fill(0), std: Array<number>(outputs).fill(1) };
  const predictor = await createLearnerPredictor({ spec, index, model, columns }, features, task, scale);
  await predictor.predict(x, { start: 0, end: rows.length }, null);
}

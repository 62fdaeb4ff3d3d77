// The step block of a program: what changes from one run to the next. Its fields stand for arguments of calls when a
// program is written; their values are put into memory before a run.

import type { StepField } from '../../kernels/operand.js';
import type { StepLimit } from '../../kernels/validate-program.js';
import { panelsOf } from './panels.js';

/** Bytes of a step block. */
export const STEP_BLOCK_BYTES = 128;

function field(word: number): StepField {
  return { stepOffset: word * 4 };
}

/** The fields that programs of this engine read. */
export const STEP = {
  /** u32[count]: the numbers of the batch's rows. */
  indices: field(0),
  count: field(1),
  panels: field(2),
  /** What a row of weight 1 weighs in the loss: 1 / count. */
  weight: field(3),
  /** Under adversarial training: the clean share of it, and what is left for the batch that was attacked. */
  cleanWeight: field(4),
  attackedWeight: field(5),
  orderKey0: field(6),
  orderKey1: field(7),
  maskKey0: field(8),
  maskKey1: field(9),
  noiseKey0: field(10),
  noiseKey1: field(11),
  /** How far the tied layers are drawn toward their anchor. */
  pullShare: field(12),
  /** Outputs above it count as active. */
  threshold: field(13),
  /** How far the average of the weights is drawn toward them. */
  averageShare: field(14),
  /** Mixup: u32[count], the rows that a batch is mixed with; their share; what rows and those of weight 1 weigh. */
  partners: field(15),
  mixShare: field(16),
  ownWeight: field(17),
  partnerWeight: field(18),
  partnerKey0: field(19),
  partnerKey1: field(20),
  /** Panels of all copies of the batch, one for each submodel that shares weights. */
  submodelPanels: field(21),
} as const satisfies Readonly<Record<string, StepField>>;

/**
 * What runs may write there: at most so many rows, with numbers that lie between two addresses.
 * @param submodels that share weights.
 */
export function stepLimits(rows: number, start: number, end: number, submodels = 1): readonly StepLimit[] {
  return [
    { field: STEP.indices, start, end },
    { field: STEP.partners, start, end },
    { field: STEP.count, most: rows },
    { field: STEP.panels, most: panelsOf(rows) },
    { field: STEP.submodelPanels, most: panelsOf(rows) * submodels },
  ];
}

/** A step block in memory. */
export class StepBlock {
  readonly address: number;
  readonly #words: Uint32Array;
  readonly #floats: Float32Array;
  readonly #cleanShare: number;
  readonly #submodels: number;

  /** @param cleanShare of adversarial training. @param submodels that share weights. */
  constructor(buffer: ArrayBufferLike, address: number, cleanShare = 1, submodels = 1) {
    this.address = address;
    this.#words = new Uint32Array(buffer, address, STEP_BLOCK_BYTES / 4);
    this.#floats = new Float32Array(buffer, address, STEP_BLOCK_BYTES / 4);
    this.#cleanShare = cleanShare;
    this.#submodels = submodels;
    this.clear();
  }

  /** Forgets everything: others may have had the memory. */
  clear(): void {
    this.#words.fill(0);
  }

  /** The rows of a run. The loss is a mean over them: weights of mean 1 over the dataset, divided by their number. */
  setBatch(indices: number, count: number): void {
    this.#words[0] = indices;
    if (this.#words[1] === count) return;
    this.#words[1] = count;
    this.#words[2] = panelsOf(count);
    this.#floats[3] = 1 / count;
    this.#floats[4] = this.#cleanShare / count;
    this.#floats[5] = (1 - this.#cleanShare) / count;
    this.#words[STEP.submodelPanels.stepOffset / 4] = panelsOf(count) * this.#submodels;
  }

  /** The rows that those of the run are mixed with. @param share theirs, in [0, 1]. */
  setPartners(partners: number, share: number): void {
    const count = this.#words[1]!;
    this.#words[STEP.partners.stepOffset / 4] = partners;
    this.setNumber('mixShare', share);
    this.setNumber('ownWeight', (1 - share) / count);
    this.setNumber('partnerWeight', share / count);
  }

  setKeys(
    first: 'orderKey0' | 'maskKey0' | 'noiseKey0' | 'partnerKey0',
    [key0, key1]: readonly [number, number],
  ): void {
    const word = STEP[first].stepOffset / 4;
    this.#words[word] = key0;
    this.#words[word + 1] = key1;
  }

  setNumber(
    name: 'pullShare' | 'threshold' | 'averageShare' | 'mixShare' | 'ownWeight' | 'partnerWeight',
    value: number,
  ): void {
    this.#floats[STEP[name].stepOffset / 4] = value;
  }
}

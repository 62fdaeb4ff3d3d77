// A dropout net as the ensemble it is: each mask of units one member, the weights shared by all. A mask here
// holds for every row (in training each example has its own), so that v, c and ρ over masks mean what they
// mean over members. Sampled from keyed streams, or all 2ⁿ with their probabilities.

import { NOT_YET_FITTED, type TrainedEnsemble, type TrainedMember } from '../../ensemble/ensemble.js';
import { failOption } from '../../errors.js';
import { RandomStream, streamKey } from '../../math/random.js';
import { inputLayers } from '../../model/embedding-layer.js';
import type { UnitFactors } from '../../model/layer-types.js';
import { layerShapes } from '../../model/network.js';
import { isNetwork, requireNetwork } from '../../model/network-members.js';
import { type DropoutSpec, seedOf } from '../../model/spec.js';
import { checkOptions, described, type OptionTable, option } from '../../option-names.js';

/** All masks are enumerated up to this many units that can be dropped: 65 536 masks. */
export const MOST_ENUMERATED_UNITS = 16;

export interface MaskOptions {
  /** The dropout net's number in the plan. @default the first trained member with dropout */
  readonly member?: number;
  /** Seed of the sampled masks. @default the plan's */
  readonly seed?: number;
}

/** What the options must be; see src/option-names.ts. */
export const MASK_OPTIONS = {
  member: described(option.integer(0), {
    kind: 'number',
    says: 'number of the member, the first 0',
    defaultSays: 'the first with dropout',
  }),
  seed: described(option.seed, {
    kind: 'number',
    says: 'seed of the masks',
    defaultSays: 'that of the training',
  }),
} satisfies OptionTable<MaskOptions>;

/** One dropout net and what its masks may drop. */
export interface DropoutNet {
  /** The net alone, predicting by the weight scaling rule. */
  readonly alone: TrainedEnsemble;
  /** Its number in the plan it comes from. */
  readonly member: number;
  readonly dropout: DropoutSpec;
  /** Units of the input and of each hidden layer. */
  readonly units: readonly number[];
  /** Units with a keep probability below 1. */
  readonly droppable: number;
}

/**
 * Finds the dropout net.
 * @throws ERR_OPTION when that member was not trained, or not with dropout.
 */
export function dropoutNet(ensemble: TrainedEnsemble, member?: number): DropoutNet {
  const { plan, members, features, task } = ensemble;
  const hasDropout = ({ index }: TrainedMember) => {
    const spec = plan.members[index]!;
    return isNetwork(spec) && spec.dropout !== null;
  };
  const found = members.find((own) => (member === undefined ? hasDropout(own) : own.index === member));
  if (found === undefined || !hasDropout(found)) {
    const expected = 'a trained member with dropout (`inputKeep` or `hiddenKeep` below 1)';
    failOption('member', expected, member ?? 'an ensemble without any');
  }
  const spec = requireNetwork(plan.members[found.index]!, found.index);
  const dropout = spec.dropout!;
  const shapes = layerShapes(spec, features, task);
  const units = [shapes[0]!, ...shapes.slice(inputLayers(shapes) + 1)].map(({ inputs }) => inputs);
  const keeps = keepsOf(dropout);
  const droppable = units.reduce((sum, count, layer) => sum + (keeps[layer]! < 1 ? count : 0), 0);
  const alone = withMasks(ensemble, found, [undefined]);
  return { alone, member: found.index, dropout, units, droppable };
}

/**
 * The ensemble of a dropout net's sampled masks: everything that predicts, evaluates or measures an ensemble
 * takes it. It cannot be saved, because the net's own bundle and a seed say all of it.
 * @param masks how many, an integer ≥ 1.
 * @throws ERR_OPTION for a number out of range or a member without dropout.
 */
export function maskEnsemble(
  ensemble: TrainedEnsemble,
  masks: number,
  options: MaskOptions = {},
): TrainedEnsemble {
  checkOptions('maskEnsemble', options, MASK_OPTIONS);
  const net = dropoutNet(ensemble, options.member);
  return ofMasks(net, sampleMasks(net, masks, options.seed));
}

/** The net under each of the masks. */
export function ofMasks({ alone }: DropoutNet, masks: readonly UnitFactors[]): TrainedEnsemble {
  return withMasks(alone, alone.members[0]!, masks);
}

function withMasks(
  ensemble: TrainedEnsemble,
  { unitFactors: _, averagingWeight: _weight, ...trained }: TrainedMember,
  masks: readonly (UnitFactors | undefined)[],
): TrainedEnsemble {
  const spec = ensemble.plan.members[trained.index]!;
  return {
    ...ensemble,
    ...NOT_YET_FITTED,
    plan: { ...ensemble.plan, members: masks.map(() => spec) },
    members: masks.map((unitFactors, index) => ({
      ...{ ...trained, index },
      ...(unitFactors === undefined ? {} : { unitFactors }),
    })),
    failures: [],
    complete: true,
  };
}

/** Independent masks; mask number i is the same however many are drawn. Training's masks have epochs ≥ 1. */
export function sampleMasks(net: DropoutNet, masks: number, seed?: number): UnitFactors[] {
  if (!Number.isInteger(masks) || masks < 1) failOption('masks', 'an integer ≥ 1', masks);
  const { plan } = net.alone;
  const spec = plan.members[0]!;
  return Array.from({ length: masks }, (_, mask) => {
    const stream = new RandomStream(
      streamKey(seed ?? seedOf(plan, spec), 'masks', spec.streams.masks, 0, mask),
    );
    return factorsOf(net, (keep) => stream.uniform() < keep);
  });
}

/** Every mask with its probability p(μ), the product over units of keep or 1 − keep; they sum to 1. */
export interface EnumeratedMasks {
  readonly count: number;
  /** Masks number start … end, in which bit u of the number keeps the u-th droppable unit. */
  range(start: number, end: number): { readonly factors: UnitFactors[]; readonly probabilities: number[] };
}

/**
 * All 2ⁿ masks over the n droppable units.
 * @throws ERR_OPTION with the figures when n is above {@link MOST_ENUMERATED_UNITS}.
 */
export function enumerateMasks(net: DropoutNet): EnumeratedMasks {
  const { droppable } = net;
  if (droppable > MOST_ENUMERATED_UNITS) {
    const expected =
      `a number when ${droppable} units can be dropped: enumeration is feasible up to ` +
      `${MOST_ENUMERATED_UNITS} units (${2 ** MOST_ENUMERATED_UNITS} masks), not for 2^${droppable} masks`;
    failOption('masks', expected, 'all');
  }
  return {
    count: 2 ** droppable,
    range(start, end) {
      const factors: UnitFactors[] = [];
      const probabilities: number[] = [];
      for (let mask = start; mask < end; mask++) {
        let unit = 0;
        let probability = 1;
        const own = factorsOf(net, (keep) => {
          const kept = ((mask >>> unit++) & 1) === 1;
          probability *= kept ? keep : 1 - keep;
          return kept;
        });
        factors.push(own);
        probabilities.push(probability);
      }
      return { factors, probabilities };
    },
  };
}

function keepsOf({ inputKeep, hiddenKeep }: DropoutSpec): readonly number[] {
  return [inputKeep, ...hiddenKeep];
}

/** The factors of one mask; units that are always kept are not asked about. */
function factorsOf({ dropout, units }: DropoutNet, isKept: (keep: number) => boolean): UnitFactors {
  return keepsOf(dropout).map((keep, layer) => {
    const kept = dropout.scaling === 'inverted' ? 1 / keep : 1;
    return Float32Array.from({ length: units[layer]! }, () => (keep === 1 || isKept(keep) ? kept : 0));
  });
}

// The options of a network's steps beside its optimizer: how fast weights of which kind learn, and how their decay changes.
// Their records, and what they resolve to in a member's spec.

import { failOption } from '../../errors.js';
import type { WeightRole } from '../layer-kind.js';
import type { NetworkMemberSpec } from '../spec.js';
import { field, NETWORKS } from './field.js';
import type { MemberOptions } from './training-options.js';

const ofMuon = {
  group: 'training',
  by: NETWORKS,
  when: {
    says: '`optimizer` is muon',
    holds: ({ optimizer }: { readonly optimizer: string }) => optimizer === 'muon',
  },
} as const;
const ofSteps = { group: 'training', by: NETWORKS } as const;

export const stepFields = {
  biasRateFactor: field((z) => z.number().min(0), {
    ...ofSteps,
    spec: 'rateFactors.bias',
    says: 'what the learning rate of biases is multiplied by',
    default: 1,
    example: 0.1,
  }),
  scaleRateFactor: field((z) => z.number().min(0), {
    ...ofSteps,
    spec: 'rateFactors.scale',
    says: 'what the learning rate of learned scales and shifts (of layer normalisation, of inputs) is multiplied by',
    default: 1,
    example: 6,
  }),
  embeddingRateFactor: field((z) => z.number().min(0), {
    ...ofSteps,
    spec: 'rateFactors.embedding',
    says: 'what the learning rate of embeddings is multiplied by',
    default: 1,
    example: 0.1,
  }),
  mixup: field((z) => z.number().min(0), {
    group: 'regularization',
    by: NETWORKS,
    says: 'α of mixup: steps train on blends of two rows, by shares of a Beta(α, α) distribution; 0: on rows as they are',
    default: 0,
    example: 0.2,
  }),
  gradientClip: field((z) => z.number().gt(0), {
    ...ofSteps,
    says: 'the most that the gradient of a step may measure, as one vector of all parameters; a longer one is shortened',
    defaultSays: 'no limit',
    example: 1,
  }),
  muonLearningRate: field((z) => z.number().gt(0), {
    ...ofMuon,
    spec: 'optimizer.muonLearningRate',
    says: 'learning rate of the matrices of hidden layers (muon), changed by a schedule as `learningRate` is',
    default: 0.02,
    example: 0.01,
  }),
  muonMomentum: field((z) => z.number().min(0).lt(1), {
    ...ofMuon,
    spec: 'optimizer.muonMomentum',
    says: 'share of the mean gradient that each step keeps, for the matrices of hidden layers (muon)',
    default: 0.95,
    example: 0.9,
  }),
  weightDecaySchedule: field((z) => z.enum(['constant', 'flatCos']), {
    ...ofSteps,
    spec: 'decaySchedule',
    says: '`weightDecay` over the epochs: as it is, or for half of them and then down along a cosine',
    default: 'constant',
    example: 'flatCos',
    when: {
      says: '`optimizer` is adamW',
      holds: ({ optimizer }: { readonly optimizer: string }) => optimizer === 'adamW',
    },
  }),
};

/** The options of steps, defaults in place. */
export interface StepOptions {
  readonly biasRateFactor: number;
  readonly scaleRateFactor: number;
  readonly embeddingRateFactor: number;
  readonly weightDecaySchedule: 'constant' | 'flatCos';
}

/** @throws ERR_OPTION beside what makes other inputs of a batch or follows them. */
export function resolveMixup(o: {
  readonly mixup: number;
  readonly adversarialEpsilon: number;
  readonly tangentStrength: number;
}): Pick<NetworkMemberSpec, 'mixup'> {
  if (o.mixup === 0) return {};
  if (o.adversarialEpsilon > 0) failOption('mixup', '0 with `adversarialEpsilon`', o.mixup);
  if (o.tangentStrength > 0) failOption('mixup', '0 with `tangentStrength`', o.mixup);
  return { mixup: o.mixup };
}

/** Of a spec what these options say; what is off is absent. @param gradientClip as stated. */
export function resolveSteps(
  o: StepOptions,
  gradientClip: number | undefined,
): Pick<NetworkMemberSpec, 'rateFactors' | 'decaySchedule' | 'gradientClip'> {
  const rateFactors = { bias: o.biasRateFactor, scale: o.scaleRateFactor, embedding: o.embeddingRateFactor };
  return {
    ...(Object.values(rateFactors).every((factor) => factor === 1) ? {} : { rateFactors }),
    ...(gradientClip === undefined ? {} : { gradientClip }),
    ...(o.weightDecaySchedule === 'constant' ? {} : { decaySchedule: o.weightDecaySchedule }),
  };
}

/**
 * @param preset whose factors are for tables of all sorts: not every one has what they are of.
 * @throws ERR_OPTION for a factor of weights that a network has none of.
 */
export function requireRoles(
  o: StepOptions,
  roles: ReadonlySet<WeightRole>,
  preset: Pick<MemberOptions, 'scaleRateFactor' | 'embeddingRateFactor'> = {},
): void {
  const isOwn = (name: 'scaleRateFactor' | 'embeddingRateFactor') =>
    o[name] !== 1 && o[name] !== preset[name];
  if (isOwn('scaleRateFactor') && !roles.has('scale')) {
    failOption(
      'scaleRateFactor',
      'absent where no layer learns scales, such as `norm` layer',
      o.scaleRateFactor,
    );
  }
  if (isOwn('embeddingRateFactor') && !roles.has('embedding')) {
    failOption('embeddingRateFactor', 'absent where nothing is embedded', o.embeddingRateFactor);
  }
}

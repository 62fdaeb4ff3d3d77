// The options of adversarial training and tangent propagation: their records, and what they resolve to in
// a member's spec. options.ts makes them options of a member like any other.

import { failOption } from '../../errors.js';
import { type ImageShape, TANGENT_KINDS } from '../image.js';
import type { AdversarialSpec, TangentSource, TangentSpec } from '../spec.js';
import { field, NETWORKS } from './field.js';

const ofAdversarial = {
  group: 'adversarial',
  by: NETWORKS,
  when: {
    says: '`adversarialEpsilon` is above 0',
    holds: ({ adversarialEpsilon }: FilledPerturbations) => adversarialEpsilon > 0,
  },
} as const;

export const perturbationFields = {
  adversarialEpsilon: field((z) => z.number().min(0), {
    group: 'adversarial',
    by: NETWORKS,
    spec: 'adversarial.epsilon',
    says: 'adversarial training: how far inputs are moved up the gradient of the loss; 0: not at all',
    unit: 'the unit of `adversarialScale`',
    default: 0,
    example: 0.1,
  }),
  adversarialNorm: field((z) => z.enum(['linf', 'l2']), {
    ...ofAdversarial,
    spec: 'adversarial.norm',
    says: 'adversarial training: epsilon bounds the largest change of a feature, or the Euclidean length',
    default: 'linf',
    example: 'l2',
  }),
  adversarialScale: field((z) => z.enum(['range', 'absolute']), {
    ...ofAdversarial,
    spec: 'adversarial.scale',
    says:
      "adversarial training: epsilon as a share of each feature's range in the training rows, or in the data's own " +
      'units, which a soft clip does not allow',
    default: 'range',
    example: 'absolute',
  }),
  adversarialBounds: field(
    (z) =>
      z
        .array(z.number())
        .length(2)
        .refine(([low, high]) => low! < high!, 'two numbers, the lower first'),
    {
      ...ofAdversarial,
      spec: 'adversarial.bounds',
      says: 'adversarial training: least and largest value of any feature',
      unit: "the data's units",
      defaultSays: "each feature's range",
      argument: 'low,high',
      example: [0, 16],
    },
  ),
  adversarialSteps: field((z) => z.int().min(1), {
    ...ofAdversarial,
    spec: 'adversarial.steps',
    says: 'adversarial training: steps up the gradient, each projected back; more are stronger and slower',
    default: 1,
    example: 5,
  }),
  cleanShare: field((z) => z.number().min(0).lt(1), {
    ...ofAdversarial,
    says: 'adversarial training: share of the loss on the inputs as they are, the rest being on moved ones',
    default: 0.5,
    example: 0,
  }),
  tangents: field((z) => z.array(z.enum(['given', ...TANGENT_KINDS])).min(1), {
    group: 'regularization',
    by: NETWORKS,
    spec: 'tangents.sources',
    says:
      'tangent propagation: directions in which outputs should not change, those given with the data or of ' +
      'images',
    defaultSays: 'given, or else all of images',
    example: ['rotation', 'scaling'],
    when: {
      says: '`tangentStrength` is above 0',
      holds: ({ tangentStrength }: FilledPerturbations) => tangentStrength > 0,
    },
  }),
  tangentStrength: field((z) => z.number().min(0), {
    group: 'regularization',
    by: NETWORKS,
    spec: 'tangents.strength',
    says: 'tangent propagation: weight of the penalty on changes of the outputs along tangents; 0: none',
    default: 0,
    example: 0.1,
  }),
};

/** The options that have defaults, in place. */
export interface FilledPerturbations {
  readonly adversarialEpsilon: number;
  readonly adversarialNorm: AdversarialSpec['norm'];
  readonly adversarialScale: AdversarialSpec['scale'];
  readonly adversarialSteps: number;
  readonly cleanShare: number;
  readonly tangentStrength: number;
}

/** The options whose defaults depend on the data. */
export interface OwnPerturbations {
  readonly adversarialBounds?: readonly number[] | undefined;
  readonly tangents?: readonly TangentSource[] | undefined;
}

/**
 * Each null where its epsilon or strength is 0.
 * @param given tangent vectors per row of the dataset.
 * @throws ERR_OPTION when vectors are asked for that are not there, or of images whose shape is not known.
 */
export function resolvePerturbations(
  o: FilledPerturbations,
  { adversarialBounds, tangents }: OwnPerturbations,
  given: number,
  image: ImageShape | null,
): { readonly adversarial: AdversarialSpec | null; readonly tangents: TangentSpec | null } {
  return {
    adversarial: resolveAdversarial(o, adversarialBounds),
    tangents: resolveTangents(o.tangentStrength, tangents, given, image),
  };
}

function resolveAdversarial(
  o: FilledPerturbations,
  bounds: readonly number[] | undefined,
): AdversarialSpec | null {
  if (o.adversarialEpsilon === 0) return null;
  return {
    epsilon: o.adversarialEpsilon,
    norm: o.adversarialNorm,
    scale: o.adversarialScale,
    bounds: bounds === undefined ? null : [bounds[0]!, bounds[1]!],
    steps: o.adversarialSteps,
    cleanShare: o.cleanShare,
  };
}

/** @param sources undefined: the vectors given with the dataset where there are any, else all of images. */
function resolveTangents(
  strength: number,
  sources: readonly TangentSource[] | undefined,
  given: number,
  image: ImageShape | null,
): TangentSpec | null {
  if (sources !== undefined && new Set(sources).size !== sources.length) {
    failOption('tangents', 'a list without repetitions', sources);
  }
  if (strength === 0) return null;
  const chosen = sources ?? (given > 0 ? (['given'] as const) : TANGENT_KINDS);
  if (chosen.includes('given') && given === 0) {
    failOption('tangents', 'kinds of images when the dataset has no tangent vectors', chosen);
  }
  if (image === null && chosen.some((source) => source !== 'given')) {
    failOption('image', 'the shape of the images whose tangent vectors are asked for', undefined);
  }
  return { strength, sources: [...chosen] };
}

// The options of adversarial training and tangent propagation: their schema, defaults, and what they resolve to
// in a member's spec. options.ts makes them options of a member like any other.

import type { z as zod } from 'zod';
import { failOption } from '../../errors.js';
import { type ImageShape, TANGENT_KINDS } from '../image.js';
import type { AdversarialSpec, TangentSource, TangentSpec } from '../spec.js';
import { always, NETWORKS, only, type Use } from './option-use.js';

export const perturbationFields = (z: typeof zod) => ({
  adversarialEpsilon: z
    .number()
    .min(0)
    .describe(
      'adversarial training: how far inputs are moved up the gradient of the loss, in the unit of `adversarialScale`; ' +
        '0: not at all',
    ),
  adversarialNorm: z
    .enum(['linf', 'l2'])
    .describe(
      'adversarial training: epsilon bounds the largest change of a feature, or the Euclidean length',
    ),
  adversarialScale: z
    .enum(['range', 'absolute'])
    .describe(
      "adversarial training: epsilon as a share of each feature's range in the training rows, or in the data's own " +
        'units, which a soft clip does not allow',
    ),
  adversarialBounds: z
    .array(z.number())
    .length(2)
    .refine(([low, high]) => low! < high!, 'two numbers, the lower first')
    .describe(
      "adversarial training: least and largest value of any feature, in the data's units (default: each feature's range)",
    ),
  adversarialSteps: z
    .int()
    .min(1)
    .describe(
      'adversarial training: steps up the gradient, each projected back; more are stronger and slower',
    ),
  cleanShare: z
    .number()
    .min(0)
    .lt(1)
    .describe(
      'adversarial training: share of the loss on the inputs as they are, the rest being on moved ones',
    ),
  tangents: z
    .array(z.enum(['given', ...TANGENT_KINDS]))
    .min(1)
    .describe(
      'tangent propagation: directions in which outputs should not change, those given with the data or of ' +
        'images (default: given, or else all of images)',
    ),
  tangentStrength: z
    .number()
    .min(0)
    .describe('tangent propagation: weight of the penalty on changes of the outputs along tangents; 0: none'),
});

type Uses = { readonly [Name in keyof ReturnType<typeof perturbationFields>]: Use<FilledPerturbations> };

const ofAdversarial = only(
  NETWORKS,
  '`adversarialEpsilon` is above 0',
  ({ adversarialEpsilon }: FilledPerturbations) => adversarialEpsilon > 0,
);

export const perturbationUses: Uses = {
  adversarialEpsilon: always(NETWORKS),
  adversarialNorm: ofAdversarial,
  adversarialScale: ofAdversarial,
  adversarialBounds: ofAdversarial,
  adversarialSteps: ofAdversarial,
  cleanShare: ofAdversarial,
  tangents: only(NETWORKS, '`tangentStrength` is above 0', ({ tangentStrength }) => tangentStrength > 0),
  tangentStrength: always(NETWORKS),
};

export const PERTURBATION_DEFAULTS = {
  adversarialEpsilon: 0,
  adversarialNorm: 'linf',
  adversarialScale: 'range',
  adversarialSteps: 1,
  cleanShare: 0.5,
  tangentStrength: 0,
} as const;

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

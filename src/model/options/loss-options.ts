// The options of losses: which one, and what it reads beside the truth. Their records, and what they resolve to.

import type { Task } from '../../data/dataset/dataset.js';
import { failOption } from '../../errors.js';
import { LOSS_NAMES, type Loss, type LossSpec, lossWords, resolveLoss } from '../losses.js';
import { BY_EPOCHS, field } from './field.js';

/** A percentile each. */
const MOST_LEVELS = 99;

const ofLoss = { group: 'training', by: BY_EPOCHS } as const;

/** As it was stated: the default depends on the task. */
export interface StatedLoss {
  readonly loss?: Loss | undefined;
}

const onlyFor = (loss: Loss) => ({
  says: `\`loss\` is ${loss}`,
  holds: (o: StatedLoss) => o.loss === loss,
});

export const lossFields = {
  loss: field((z) => z.enum(LOSS_NAMES), {
    ...ofLoss,
    ...lossWords(),
    example: 'gaussianNll',
  }),
  huberDelta: field((z) => z.number().gt(0), {
    ...ofLoss,
    says: 'error from which on the loss grows linearly, as that of an outlier, and no more with its square (huber)',
    unit: 'standard deviations of the target',
    default: 1,
    example: 0.5,
    when: onlyFor('huber'),
  }),
  focalGamma: field((z) => z.number().min(0).max(10), {
    ...ofLoss,
    says: 'power of the missing probability that weighs a row: the higher, the less what is right already counts (focal)',
    default: 2,
    example: 1,
    when: onlyFor('focal'),
  }),
  quantiles: field((z) => z.array(z.number().gt(0).lt(1)).min(1).max(MOST_LEVELS), {
    ...ofLoss,
    says: 'levels of the quantiles that are predicted, ascending (quantile)',
    default: [0.05, 0.5, 0.95],
    example: [0.1, 0.5, 0.9],
    when: onlyFor('quantile'),
  }),
};

/** The options that losses read, defaults in place. */
export interface LossOptions {
  readonly huberDelta: number;
  readonly focalGamma: number;
  readonly quantiles: readonly number[];
}

/** @throws ERR_OPTION for a loss that does not fit the task. */
export function resolveLossSpec(o: LossOptions, stated: Loss | undefined, task: Task): LossSpec {
  const loss = resolveLoss(stated, task);
  switch (loss) {
    case 'huber':
      return { loss, huberDelta: o.huberDelta };
    case 'focal':
      return { loss, focalGamma: o.focalGamma };
    case 'quantile':
      return { loss, quantiles: resolveLevels(o.quantiles) };
    default:
      return { loss };
  }
}

/** @throws ERR_OPTION for levels that do not ascend. */
function resolveLevels(levels: readonly number[]): readonly number[] {
  if (levels.some((level, at) => at > 0 && level <= levels[at - 1]!)) {
    failOption('quantiles', 'levels that ascend', levels);
  }
  return levels;
}

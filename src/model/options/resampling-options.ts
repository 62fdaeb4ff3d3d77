// The options of what members draw and in which chance they differ: their records, and what they resolve to in a
// member's spec.

import type { Task } from '../../data/dataset/dataset.js';
import type { ResampleSpec } from '../../data/resample.js';
import { failOption } from '../../errors.js';
import type { MemberStreams, Source } from '../spec.js';
import { ALL_MEMBERS, field } from './field.js';

const ofResampling = { group: 'resampling', by: ALL_MEMBERS } as const;

const ofFolds = {
  ...ofResampling,
  when: {
    says: '`resample` is cv',
    holds: ({ resample }: Pick<ResamplingOptions, 'resample'>) => resample === 'cv',
  },
} as const;

export const resamplingFields = {
  resample: field((z) => z.enum(['bootstrap', 'subsample', 'stratified', 'grouped', 'cv', 'none']), {
    ...ofResampling,
    spec: 'resample.kind',
    says:
      'how each member draws its rows: with replacement, without, with replacement within each class, whole groups ' +
      'with replacement, all but a fold (cv), or all rows as they are',
    default: 'subsample',
    saysFlag:
      'how each member draws its rows: with replacement, without, with replacement within each class, whole groups ' +
      'with replacement, all but a fold (cv; cv:8x3 says 8 folds, 3 repeats), or all rows as they are',
    example: 'bootstrap',
    common: true,
  }),
  resampleShare: field((z) => z.number().gt(0).max(1), {
    ...ofResampling,
    spec: 'resample.share',
    says: 'rows (for grouped: groups) that each member draws, as a share of those there are',
    defaultSays: '0.75 of subsample, else 1',
    example: 0.5,
    when: {
      says: '`resample` is other than none and cv',
      holds: ({ resample }: Pick<ResamplingOptions, 'resample'>) => resample !== 'none' && resample !== 'cv',
    },
  }),
  blockLength: field((z) => z.int().min(1), {
    ...ofResampling,
    spec: 'resample.block',
    says: 'rows of a stretch of time that is drawn at once, of rows with a `timeColumn`',
    defaultSays: 'the cube root of the rows',
    example: 24,
    when: {
      says: '`resample` is bootstrap or subsample',
      holds: ({ resample }: Pick<ResamplingOptions, 'resample'>) =>
        resample === 'bootstrap' || resample === 'subsample',
    },
  }),
  folds: field((z) => z.int().min(2), {
    ...ofFolds,
    spec: 'resample.folds',
    says: 'parts that the rows are dealt into, of which each member in turn leaves one out (cv)',
    default: 8,
    example: 5,
  }),
  repeats: field((z) => z.int().min(1), {
    ...ofFolds,
    says: 'how often all rows are dealt, each time anew, where `members` does not say how many there are (cv)',
    default: 2,
    example: 3,
  }),
  featureShare: field((z) => z.number().gt(0).max(1), {
    ...ofResampling,
    says: 'random subspace: share of the features that each member sees, drawn without replacement',
    default: 1,
    example: 0.5,
  }),
  vary: field((z) => z.array(z.enum(['resample', 'init', 'order', 'masks'])), {
    ...ofResampling,
    says: 'sources of chance in which members differ; all members share the draws of the others',
    default: ['resample', 'init', 'order', 'masks'],
    example: ['init', 'order'],
  }),
};

/** The options of resampling, defaults in place. */
export interface ResamplingOptions {
  readonly resample: ResampleSpec['kind'];
  readonly resampleShare?: number | undefined;
  readonly folds: number;
  readonly blockLength?: number | undefined;
}

/** Of all rows drawn without replacement none would be out of bag. */
const SUBSAMPLED = 0.75;

/** The share that a member draws of the rows, as stated or by default. */
export function shareDrawn({
  resample,
  resampleShare = resample === 'subsample' ? SUBSAMPLED : 1,
}: {
  readonly resample: string;
  readonly resampleShare?: number | undefined;
}): number {
  return resampleShare;
}

/** @throws ERR_OPTION for rows drawn within each class where there are none. */
export function resolveResample(
  { resample, resampleShare, folds, blockLength }: ResamplingOptions,
  task: Task,
): ResampleSpec {
  if (resample === 'stratified' && task.kind === 'regression') {
    failOption('resample', 'none, bootstrap, subsample, grouped or cv for regression', resample);
  }
  if (resample === 'cv') return { kind: 'cv', folds };
  if (resample === 'none') return { kind: 'none' };
  return {
    ...{ kind: resample, share: shareDrawn({ resample, resampleShare }) },
    ...(blockLength === undefined ? {} : { block: blockLength }),
  };
}

/** The member's own draws of the sources that vary, and the shared ones of the others. @param index the run's. */
export function resolveStreams(vary: readonly Source[], index: number): MemberStreams {
  const key = (source: Source) => (vary.includes(source) ? index : 0);
  return { resample: key('resample'), init: key('init'), order: key('order'), masks: key('masks') };
}

// The options of what members draw and in which chance they differ: their records, and what they resolve to in a
// member's spec.

import type { Task } from '../../data/dataset/dataset.js';
import type { ResampleSpec } from '../../data/resample.js';
import { failOption } from '../../errors.js';
import type { MemberStreams, Source } from '../spec.js';
import { ALL_MEMBERS, field } from './field.js';

const ofResampling = { group: 'resampling', by: ALL_MEMBERS } as const;

export const resamplingFields = {
  resample: field((z) => z.enum(['bootstrap', 'subsample', 'stratified', 'grouped', 'none']), {
    ...ofResampling,
    spec: 'resample.kind',
    says:
      'how each member draws its rows: with replacement, without, with replacement within each class, whole groups ' +
      'with replacement, or all rows as they are',
    default: 'bootstrap',
    example: 'subsample',
    common: true,
  }),
  resampleShare: field((z) => z.number().gt(0).max(1), {
    ...ofResampling,
    spec: 'resample.share',
    says: 'rows (for grouped: groups) that each member draws, as a share of those there are',
    default: 1,
    example: 0.5,
    when: {
      says: '`resample` is other than none',
      holds: ({ resample }: Pick<ResamplingOptions, 'resample'>) => resample !== 'none',
    },
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
  readonly resampleShare: number;
}

/** @throws ERR_OPTION for rows drawn within each class where there are none. */
export function resolveResample({ resample, resampleShare }: ResamplingOptions, task: Task): ResampleSpec {
  if (resample === 'stratified' && task.kind === 'regression') {
    failOption('resample', 'none, bootstrap, subsample or grouped for regression', resample);
  }
  return resample === 'none' ? { kind: 'none' } : { kind: resample, share: resampleShare };
}

/** The member's own draws of the sources that vary, and the shared ones of the others. @param index the run's. */
export function resolveStreams(vary: readonly Source[], index: number): MemberStreams {
  const key = (source: Source) => (vary.includes(source) ? index : 0);
  return { resample: key('resample'), init: key('init'), order: key('order'), masks: key('masks') };
}

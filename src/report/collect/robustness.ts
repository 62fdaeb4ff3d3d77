// How the ensemble's score, and a member's, fall as rows are moved against them: the study of `tutti attack` on a part of the
// rows that the report is of.

import { Dataset } from '../../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { drawExplainedRows } from '../../explain/explained-rows.js';
import { checkOptions, type OptionTable } from '../../option-names.js';
import {
  ATTACK_OPTIONS,
  type AttackOptions,
  type AttackPoint,
  attackEnsemble,
  DEFAULT_EPSILONS,
} from '../../studies/attack/attack.js';
import type { RobustnessData } from '../page/page-data.js';
import type { RowsPart } from './collect-set.js';

/** How the rows of a report are attacked. */
export interface ReportAttack extends Partial<Omit<AttackOptions, 'signal' | 'rangesOf' | 'on'>> {
  /** Rows at most, drawn by a fixed seed; Infinity for all. @default 500 */
  readonly maxRows?: number;
}

/** What the options must be; see src/option-names.ts. */
const REPORT_ATTACK_OPTIONS = {
  epsilons: { ...ATTACK_OPTIONS.epsilons, required: false },
  norm: ATTACK_OPTIONS.norm,
  steps: ATTACK_OPTIONS.steps,
  scale: ATTACK_OPTIONS.scale,
  bounds: ATTACK_OPTIONS.bounds,
  maxRows: {
    expected: 'an integer ≥ 1 or Infinity',
    holds: (value) =>
      value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && (value as number) >= 1),
  },
} satisfies OptionTable<ReportAttack>;

/** They tell a few points of a score apart, and take a second with 16 members. */
const MOST_ROWS = 500;

/**
 * @param attack true: as it is by default
 * @throws what `attackEnsemble` throws, before anything else is measured
 */
export async function robustnessOf(
  ensemble: TrainedEnsemble,
  { dataset, rowsFrom }: RowsPart,
  attack: true | ReportAttack,
  signal: AbortSignal | undefined,
): Promise<RobustnessData> {
  const given = attack === true ? {} : attack;
  checkOptions('attack', given, REPORT_ATTACK_OPTIONS);
  const { maxRows = MOST_ROWS, epsilons = DEFAULT_EPSILONS, ...others } = given;
  const rows = someRows(ensemble, dataset, maxRows);
  const found = await attackEnsemble(ensemble, rows, {
    ...others,
    // What is lost is lost from somewhere.
    epsilons: [...new Set([0, ...epsilons])].sort((a, b) => a - b),
    ...(signal === undefined ? {} : { signal }),
  });
  const { norm, steps, scale, bounds, rangesFrom, points } = found;
  return {
    ...(found.score === 'accuracy'
      ? { metric: found.score, title: 'accuracy', written: 'share', better: 'more' }
      : { metric: found.score, title: 'RMSE', written: 'number', better: 'less' }),
    ...{ rowsFrom, rows: rows.rows, of: dataset.rows, weighted: dataset.rowWeights !== null },
    ...{ members: ensemble.members.length, norm, steps, scale, bounds, rangesFrom },
    points: points.map(pointOf),
  };
}

/** Rows of a dataset as one of their own; their weights are left, since attacks know none. */
function someRows(ensemble: TrainedEnsemble, dataset: Dataset, most: number): Dataset {
  if (dataset.rows <= most) return dataset;
  const { rows, x, truth } = drawExplainedRows(ensemble, dataset, 'heldOut', most, 0);
  const { features, task } = dataset;
  const known = task.kind === 'classification' ? { labels: truth.labels } : { targets: truth.targets };
  return Dataset.fromArrays({ x, rows, features, ...known, like: dataset } as Parameters<
    typeof Dataset.fromArrays
  >[0]);
}

function pointOf({ epsilon, onEnsemble, onMembers }: AttackPoint): RobustnessData['points'][number] {
  const transfer = onMembers?.transfer ?? [];
  const own = transfer.map((scores, attacked) => scores[attacked]!);
  const others = transfer.flatMap((scores, attacked) => scores.filter((_, member) => member !== attacked));
  return {
    epsilon,
    ensemble: onEnsemble!.ensemble,
    itsMembers: meanOf(onEnsemble!.members)!,
    member: meanOf(own),
    otherMembers: meanOf(others),
    ensembleByMember: meanOf(onMembers?.ensemble ?? []),
  };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

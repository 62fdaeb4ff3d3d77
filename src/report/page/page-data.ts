// Everything the report says, as plain data: collected once (report/collect), drawn by report/sections, and kept as JSON in
// the page itself. What was not measured is null or empty; sections without data are left out.

import type { HonestTest } from '../../measure/honest-test.js';
import type { Measurement } from '../../measure/measurement.js';
import type { Histogram, LinePoint } from '../charts/chart-data.js';
import type { PageNote } from './parts.js';

export interface PageData {
  readonly version: 1;
  readonly ensemble: EnsembleFacts;
  /** Rows it was measured on; those that no member was trained on first. */
  readonly sets: readonly SetData[];
  readonly honestTest: HonestTest | null;
  readonly members: readonly MemberData[];
  readonly failures: readonly { readonly index: number; readonly code: string; readonly message: string }[];
  readonly features: FeaturesData;
  /** Null where no attack was asked for. */
  readonly robustness: RobustnessData | null;
  readonly notes: readonly PageNote[];
  readonly cost: CostData;
}

export interface EnsembleFacts {
  readonly name: string;
  readonly task: { readonly kind: 'classification' | 'regression'; readonly names: readonly string[] };
  readonly aggregator: string;
  readonly planned: number;
  readonly members: number;
  readonly seed: number;
  readonly arithmetic: string;
  readonly executors: readonly string[];
  readonly contentHash: string;
  readonly datasetHash: string;
  readonly split: { readonly testShare: number; readonly seed: number; readonly rows: number } | null;
  /** The file's own; null for an ensemble that is in no file. */
  readonly bytes: number | null;
  readonly weights: number;
  readonly tutti: string;
  readonly node: string;
  readonly platform: string;
  /** Options that train the same members again on the same rows; null where none do. */
  readonly options: Readonly<Record<string, unknown>> | null;
  /** How it was calibrated, and what that did on rows it was not fitted on. */
  readonly calibration: {
    readonly method: string;
    readonly rows: number;
    readonly folds: number;
    readonly before: { readonly logLoss: number; readonly ece: number };
    readonly after: { readonly logLoss: number; readonly ece: number };
  } | null;
  /** How the report is made again. */
  readonly commands: readonly string[];
}

/** A figure and where the true one lies, as far as the choice of rows goes. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface SetData {
  readonly name: string;
  readonly rowsFrom: 'heldOut' | 'outOfBag';
  readonly source: string;
  readonly rows: number;
  readonly totalRows: number;
  readonly weighted: boolean;
  readonly measurement: Measurement;
  /** What averaging took off a member's error, row by row. */
  readonly gain: GainData;
  readonly scores: ScoresData | null;
  /** Errors of pairs of members, in the order in which those alike stand together; null for one member or very many. */
  readonly matrix: MatrixData | null;
  readonly leaderboard: LeaderboardData | null;
  readonly classes: ClassesData | null;
  readonly numbers: readonly NumbersData[];
  readonly calibration: ReliabilityData | null;
  readonly uncertainty: UncertaintyData | null;
  readonly guarantee: GuaranteeData | null;
  readonly lists: readonly RowList[];
  readonly slices: SlicesData | null;
}

export interface GainData {
  readonly metric: 'errorRate' | 'squaredError';
  readonly member: number;
  readonly ensemble: number;
  /** member − ensemble, paired by rows. */
  readonly difference: Estimate;
  readonly level: number;
}

/** Scores side by side: the ensemble's, a member's, the best member's, the baselines'. */
export interface ScoresData {
  readonly level: number | null;
  readonly metrics: readonly {
    readonly name: string;
    readonly title: string;
    readonly written: 'share' | 'number';
    readonly better: 'more' | 'less';
  }[];
  readonly of: readonly {
    readonly name: string;
    readonly kind: 'ensemble' | 'calibrated' | 'member' | 'baseline';
    /** In the order of `metrics`; null where there is none. */
    readonly values: readonly (Estimate | null)[];
  }[];
}

export interface MatrixData {
  /** Members' places in the plan, in the order of the clustering. */
  readonly order: readonly number[];
  /** Correlation of errors, rows and columns in that order; null where two share no row. */
  readonly correlation: readonly (readonly (number | null)[])[];
}

/** Members beside each other and the rest, best first. */
export interface LeaderboardData {
  readonly metric: string;
  readonly title: string;
  readonly written: 'share' | 'number';
  readonly better: 'more' | 'less';
  readonly members: readonly {
    readonly index: number;
    readonly score: number | null;
    readonly squaredError: number | null;
    /** Of its errors with those of the others' mean. */
    readonly rho: number | null;
    /** How much worse the ensemble's score would be without it. */
    readonly contribution: number | null;
    readonly standardError: number | null;
  }[];
}

export interface SlicesData {
  readonly metric: string;
  readonly score: number;
  readonly lookedAt: number;
  readonly level: number;
  readonly minRows: number;
  readonly slices: readonly (Estimate & {
    readonly label: string;
    readonly rows: number;
    readonly rest: number;
    readonly chanceOfAny: number;
  })[];
}

/** How often intervals or sets hold the truth, for each share that was asked for. */
export interface GuaranteeData {
  readonly what: 'intervals' | 'sets';
  readonly method: string;
  /** Test rows it was measured on. */
  readonly rows: number;
  readonly points: readonly {
    readonly asked: number;
    readonly measured: Estimate;
    /** Mean width in the target's units, or mean number of classes. */
    readonly size: number;
  }[];
}

export interface ClassesData {
  readonly names: readonly string[];
  /** Weights of rows by [true class][predicted class]; null for very many classes. */
  readonly confusion: readonly (readonly number[])[] | null;
  readonly perClass: readonly {
    readonly name: string;
    readonly rows: number;
    readonly precision: number | null;
    readonly recall: number | null;
    readonly f1: number | null;
    readonly auroc: number | null;
    readonly averagePrecision: number | null;
  }[];
  /** One against the others; thinned. */
  readonly roc: readonly CurveData[];
  readonly precisionRecall: readonly CurveData[];
}

export interface CurveData {
  readonly name: string;
  readonly points: readonly LinePoint[];
}

/** One target of a regression. */
export interface NumbersData {
  readonly name: string;
  /** True and predicted values, at most so many as a page should carry. */
  readonly points: readonly LinePoint[];
  readonly shown: number;
  readonly residuals: Histogram;
  /** Standardised residuals against the normal distribution's quantiles. */
  readonly quantiles: readonly LinePoint[];
  readonly byQuantile: readonly {
    readonly from: number;
    readonly to: number;
    readonly rows: number;
    readonly meanError: number;
    readonly rmse: number;
  }[];
}

export interface ReliabilityData {
  readonly of: readonly {
    readonly name: string;
    readonly bins: readonly ReliabilityBin[];
    readonly ece: number;
  }[];
  readonly method: string | null;
}

/** Rows whose confidence lies in a bin. */
export interface ReliabilityBin {
  readonly rows: number;
  readonly confidence: number;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

export interface UncertaintyData {
  readonly unit: string;
  readonly total: Histogram | null;
  readonly aleatoric: Histogram | null;
  readonly epistemic: Histogram | null;
  readonly means: {
    readonly total: number | null;
    readonly aleatoric: number | null;
    readonly epistemic: number;
  };
  /** Error of the rows kept when the least certain are refused, by the share that is kept. */
  readonly riskCoverage: readonly CurveData[];
  readonly riskLabel: string;
}

/** Rows to look at. */
export interface RowList {
  readonly id: string;
  readonly title: string;
  readonly says: string;
  readonly columns: readonly string[];
  /** The first cell is the row's place in its file, from 1. */
  readonly rows: readonly (readonly string[])[];
}

export interface MemberData {
  readonly index: number;
  /** Options in which it differs from others. */
  readonly differs: string;
  readonly epoch: number;
  readonly epochs: number;
  readonly stopped: 'early' | 'end';
  readonly inBagRows: number;
  readonly weight: number;
  readonly reseeds: number;
  readonly loss: readonly LinePoint[];
  readonly validationLoss: readonly LinePoint[];
}

/** What happens to the score when a column is permuted. */
export interface ImportanceData {
  readonly metric: string;
  readonly title: string;
  readonly rowsFrom: SetData['rowsFrom'];
  readonly rows: number;
  readonly repeats: number;
  /** The most important first. */
  readonly columns: readonly {
    readonly name: string;
    readonly importance: number;
    /** Standard deviations over repeats and over members. */
    readonly repeatSpread: number | null;
    readonly memberMean: number | null;
    readonly memberSpread: number | null;
  }[];
  readonly of: number;
}

/** How predictions go with a column, all else as it is. */
export interface DependenceData {
  readonly column: string;
  readonly kind: 'numeric' | 'categorical';
  readonly outputs: readonly {
    readonly name: string;
    /** By the column's values, of categories by their places. */
    readonly points: readonly LinePoint[];
  }[];
  /** Of categories. */
  readonly values: readonly string[];
  readonly rows: number;
}

export interface FeaturesData {
  readonly columns: readonly {
    readonly name: string;
    readonly kind: 'numeric' | 'categorical' | 'constant';
    readonly categories: number;
    readonly filled: boolean;
  }[];
  /** Between the training rows and the test rows, largest first. */
  readonly importance: ImportanceData | null;
  readonly dependence: readonly DependenceData[];
  readonly drift: readonly {
    readonly name: string;
    /** Largest distance of the distribution functions, in [0, 1]. */
    readonly distance: number;
    /** Beyond which chance alone takes one column in a hundred. */
    readonly expected: number;
    readonly meanShift: number;
  }[];
}

/** Scores as rows are moved against the ensemble or its members. */
export interface RobustnessData {
  readonly metric: 'accuracy' | 'rootMeanSquaredError';
  readonly title: string;
  readonly written: 'share' | 'number';
  readonly better: 'more' | 'less';
  readonly rowsFrom: SetData['rowsFrom'];
  readonly rows: number;
  /** Rows that they were drawn from. */
  readonly of: number;
  /** Whether those have weights, which count for nothing here. */
  readonly weighted: boolean;
  readonly members: number;
  readonly norm: 'linf' | 'l2';
  readonly steps: number;
  /** What sizes are: shares of each column's range, or units of the data. */
  readonly scale: 'range' | 'absolute';
  readonly bounds: readonly [low: number, high: number] | null;
  readonly rangesFrom: 'training' | 'attacked' | 'given';
  /** By size, from 0. */
  readonly points: readonly {
    readonly epsilon: number;
    /** Of the ensemble and of its mean member, under the attack on the whole. */
    readonly ensemble: number;
    readonly itsMembers: number;
    /** Under the attacks on one member each, means over them: of that member, the others, the ensemble; null with very many. */
    readonly member: number | null;
    readonly otherMembers: number | null;
    readonly ensembleByMember: number | null;
  }[];
}

/** Times in milliseconds. */
export interface CostData {
  /** Null for an ensemble from a file, which keeps no times. */
  readonly trainingMs: number | null;
  /** Of the first set of rows, measured as they come. */
  readonly predictMs: number;
  readonly predictedRows: number;
}
